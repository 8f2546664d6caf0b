using System.Text;
using Cairn.Storage.Arrays;
using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Sessions;
using Cairn.Storage.State;
using Cairn.Storage.Tests.Catalog;
using Cairn.Storage.Tests.Durable;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Tests.Sessions;

public sealed class SessionCommitTests
{
    private readonly RecordingFiles _files = new("/data");

    [Fact]
    public void A_session_of_three_ranks_is_restored_by_each_of_them()
    {
        using (var gang = new Gang(_files, 3))
        {
            Assert.Null(gang.Start());
            gang.Commit(1);
            gang.Commit(2);
        }

        using var next = new Gang(_files, 3, process: 2);
        var session = next.Start()!;

        Assert.Equal(("session_00000001_00000002", 2, TimeSpan.FromHours(2)), (session.Id, session.WriteCount, session.LeadTime));
        Assert.Equal("session_00000001_00000001", session.Parent);
        Assert.Equal(2, next.Restored());
        Assert.Equal("session_00000002_00000003", next.Commit(3).Id);
        Assert.Equal([1, 2, 3], next.Catalog.Read().Sessions.Select(s => s.WriteCount));
    }

    [Fact]
    public void A_session_manifest_holds_exactly_the_keys_of_the_format()
    {
        using var gang = new Gang(_files, 3);
        gang.Start();
        var session = gang.Commit(1);

        var map = PythonJson.ReadObject(_files.ReadAll($"{Gang.Path}/sessions/{session.Id}.json"), session.Id);

        Assert.Equal(
            [
                "checkpoint", "epoch", "fields", "fingerprint", "lead_time", "manifest_crc32c", "metadata", "parent", "ranks", "saved_at",
                "sequence", "version", "world_size", "write_count",
            ],
            map.Properties().Select(p => p.Name));
        Assert.Equal(
            ["bytes", "commit_id", "manifest_crc32c", "path", "rank"], ((JObject)map["ranks"]![2]!).Properties().Select(p => p.Name));
        var (name, field) = ((JObject)map["fields"]!).Properties().Select(p => (p.Name, (JObject)p.Value)).Single();
        Assert.Equal("tests.Domain.height", name);
        Assert.Equal(
            """{"dtype":"float64","global_shape":[5,4],"slices":[{"offset":[0,0],"rank":0,"shape":[2,4]},"""
            + """{"offset":[2,0],"rank":1,"shape":[2,4]},{"offset":[4,0],"rank":2,"shape":[1,4]}]}""",
            field.ToString(Formatting.None));
    }

    [Fact]
    public void Staged_commits_without_a_session_are_invisible_and_swept_with_the_next_one()
    {
        using (var gang = new Gang(_files, 3))
        {
            gang.Start();
            gang.Commit(1);
            gang.Stage(2);
            Assert.Equal([1], gang.Catalog.Read().Sessions.Select(s => s.WriteCount));
            Assert.Equal([1], gang.Checkpoints[0].Rows.Select(r => r.WriteCount));
            Assert.Empty(gang.Catalog.Read().Torn);
        }

        using var next = new Gang(_files, 3, process: 2);
        Assert.Equal(1, next.Start()!.WriteCount);
        next.Commit(2);

        Assert.All(Enumerable.Range(0, 3), rank => Assert.Equal(2, _files.List($"{Gang.Path}/rank_{rank:000000}/commits").Count));
    }

    [Fact]
    public void Ranks_at_different_boundaries_make_no_session()
    {
        using var gang = new Gang(_files, 3);
        gang.Start();

        var e = Assert.Throws<DataException>(() => gang.Catalog.Commit(3, gang.Stage(1, rank => rank == 1 ? 7 : 6)));

        Assert.Contains("Rank 1 is at lead time 7 hours, rank 0 at 6 hours", e.Message, StringComparison.Ordinal);
        Assert.False(_files.DirectoryExists(Gang.Path + "/sessions"));
    }

    [Fact]
    public void A_missing_rank_makes_no_session()
    {
        using var gang = new Gang(_files, 3);
        gang.Start();
        var staged = gang.Stage(1);

        var e = Assert.Throws<DataException>(() => gang.Catalog.Commit(3, [staged[0], staged[2]]));

        Assert.Contains("Rank 1 of 3 has staged nothing.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_that_overlap_or_leave_a_gap_are_refused_by_rank_and_field()
    {
        using var gang = new Gang(_files, 3);
        gang.Start();
        gang.States[1].Height = new Shard<NdArray>(DomainSlice.Part(Gang.Domain, 0, 0, 3));
        var overlap = Assert.Throws<DataException>(() => gang.Catalog.Commit(3, gang.Stage(1)));
        gang.States[1].Height = new Shard<NdArray>(new DomainSlice(Gang.Domain, [2, 0], [1, 4]));
        var gap = Assert.Throws<DataException>(() => gang.Catalog.Commit(3, gang.Stage(2)));

        Assert.Contains("tests.Domain.height", overlap.Message, StringComparison.Ordinal);
        Assert.Contains("rank 0 and rank 1 both hold (2, 4) at (0, 0) of (5, 4)", overlap.Message, StringComparison.Ordinal);
        Assert.Contains("4 of 20 elements are on no rank", gap.Message, StringComparison.Ordinal);
        Assert.Contains("rank 1: (1, 4) at (2, 0)", gap.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tampered_rank_manifest_takes_the_whole_session_out()
    {
        using var gang = new Gang(_files, 3);
        gang.Start();
        gang.Commit(1);
        var newest = gang.Commit(2);
        var path = newest.Ranks[1].Row.Directory + "/manifest.json";
        var text = Encoding.UTF8.GetString(_files.ReadAll(path));
        _files.DeleteFile(path);
        _files.Seed(path, Encoding.UTF8.GetBytes(text.Replace("\"write_count\": 2", "\"write_count\": 3", StringComparison.Ordinal)));
        var skipped = new List<CheckpointWarning>();

        Assert.Equal(1, gang.Catalog.NewestValid(skipped)!.WriteCount);

        Assert.Contains(skipped, w => w.Defect.Contains(newest.Ranks[1].CommitId, StringComparison.Ordinal));
        Assert.Equal([1], gang.Catalog.Read().Sessions.Select(s => s.WriteCount));
    }

    [Fact]
    public void A_rank_manifest_that_was_rewritten_with_a_digest_of_its_own_is_not_the_one_that_was_committed()
    {
        using var gang = new Gang(_files, 3);
        gang.Start();
        gang.Commit(1);
        var path = gang.Commit(2).Ranks[1].Row.Directory + "/manifest.json";
        var map = PythonJson.ReadObject(_files.ReadAll(path), path);
        map["saved_at"] = "2031-01-01T00:00:00.000000+00:00";
        _files.DeleteFile(path);
        _files.Seed(path, ManifestSeal.Seal(map, path));

        Assert.Equal(1, gang.Catalog.NewestValid()!.WriteCount);
        Assert.Contains(gang.Warnings, w => w.Defect.Contains("rank 1's commit", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"write_count\": 2", "\"write_count\": 3")]
    [InlineData("\"value\": 2", "\"value\": 1")]
    [InlineData("\"sequence\": 2", "\"sequence\": 1")]
    [InlineData("\"world_size\": 3", "\"world_size\": 2")]
    [InlineData("float64", "float32")]
    [InlineData("rank_000001/commits", "rank_000001/../rank_000001/commits")]
    public void A_tampered_session_manifest_is_passed_over(string from, string to)
    {
        using var gang = new Gang(_files, 3);
        gang.Start();
        gang.Commit(1);
        var path = $"{Gang.Path}/sessions/{gang.Commit(2).Id}.json";
        var text = Encoding.UTF8.GetString(_files.ReadAll(path));
        Assert.Contains(from, text, StringComparison.Ordinal);
        _files.DeleteFile(path);
        var tampered = Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal));
        _files.Seed(path, ManifestSeal.Seal(PythonJson.ReadObject(tampered, path), path));

        Assert.Equal(1, gang.Catalog.NewestValid()!.WriteCount);
        Assert.Contains(gang.Warnings, w => w.Defect.Contains("session_00000001_00000002", StringComparison.Ordinal));
    }

    [Fact]
    public void A_damaged_array_of_one_rank_sends_all_ranks_to_the_older_session()
    {
        using (var gang = new Gang(_files, 3))
        {
            gang.Start();
            gang.Commit(1);
            var file = Directory(gang.Commit(2).Ranks[2].Row.Directory + "/states") + "/height.npy";
            var bytes = _files.ReadAll(file);
            bytes[^1] ^= 1;
            _files.DeleteFile(file);
            _files.Seed(file, bytes);
        }

        using var next = new Gang(_files, 3, process: 2);
        Assert.Equal(1, next.Start()!.WriteCount);
        Assert.Equal(1, next.Restored());
        Assert.Contains(next.Warnings, w => w.Defect.Contains("height.npy", StringComparison.Ordinal));

        string Directory(string parent) => $"{parent}/{_files.List(parent).Single().Name}";
    }

    [Fact]
    public void A_link_that_was_made_and_reported_as_failed_is_the_commit()
    {
        using var gang = new Gang(_files, 3);
        gang.Start();
        _files.Plant(new Fault(1, 5, "link", Effect: FaultEffect.Full));

        Assert.Equal(1, gang.Commit(1).WriteCount);
        Assert.Equal([1], gang.Catalog.Read().Sessions.Select(s => s.WriteCount));
    }

    [Fact]
    public void A_link_that_failed_leaves_no_session_and_the_next_attempt_has_another_name()
    {
        using var gang = new Gang(_files, 3);
        gang.Start();
        _files.Plant(new Fault(1, 5, "link"));

        Assert.Throws<DurableIOException>(() => gang.Commit(1));

        Assert.Empty(gang.Catalog.Read().Sessions);
        Assert.Equal("session_00000001_00000002", gang.Commit(2).Id);
    }

    [Fact]
    public void A_name_that_another_coordinator_of_the_epoch_has_taken_stops_this_one()
    {
        using var gang = new Gang(_files, 3);
        gang.Start();
        var other = new SessionCatalog(gang.Options(null));
        other.JoinEpoch(1);
        gang.Commit(1);
        var staged = gang.Stage(2);
        var third = new SessionCatalog(gang.Options(null));
        third.JoinEpoch(1);
        third.Commit(3, staged);

        Assert.Throws<FencedException>(() => gang.Catalog.Commit(3, staged));
    }
}
