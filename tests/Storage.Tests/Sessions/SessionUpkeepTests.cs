using Cairn.Storage.Catalog;
using Cairn.Storage.Sessions;
using Cairn.Storage.State;
using Cairn.Storage.Tests.Catalog;
using Cairn.Storage.Tests.Durable;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Tests.Sessions;

public sealed class SessionUpkeepTests
{
    private readonly RecordingFiles _files = new("/data");

    [Fact]
    public void Overwrite_keeps_one_older_session_beside_the_catalog()
    {
        using (var gang = new Gang(_files, 3, CheckpointMode.Overwrite))
        {
            gang.Start();
            for (var step = 1; step <= 4; step++)
                gang.Commit(step);

            Assert.Equal([(3, true), (4, false)], gang.Catalog.Read().Sessions.Select(s => (s.WriteCount, s.InFallback)));
            Assert.Equal(["session_00000001_00000004.json"], Names("sessions"));
            Assert.Equal(["session_00000001_00000003.json"], Names("fallback"));
            Assert.All(Enumerable.Range(0, 3), rank => Assert.Equal([4], IndexOf(rank)));
            Assert.Single(gang.Checkpoints[1].Rows);
            Damage(gang.Catalog.Read().Sessions[^1]);
        }

        using var next = new Gang(_files, 3, CheckpointMode.Overwrite, process: 2);
        Assert.Equal(3, next.Start()!.WriteCount);
        Assert.Equal(3, next.Restored());
    }

    [Fact]
    public void A_history_drops_the_oldest_sessions_of_all_ranks_together()
    {
        using var gang = new Gang(_files, 2);
        using var brief = new Gang(_files, 2, process: 2, historySize: 2);
        gang.Start();
        gang.Commit(1);
        gang.Commit(2);
        brief.Start();
        for (var step = 3; step <= 5; step++)
            brief.Commit(step);

        Assert.Equal([2, 4, 5], brief.Catalog.Read().Sessions.Select(s => s.WriteCount));
        Assert.All(Enumerable.Range(0, 2), rank => Assert.Equal([4, 5], IndexOf(rank)));
        Assert.All(Enumerable.Range(0, 2), rank => Assert.Single(Names($"rank_{rank:000000}/fallback")));
    }

    [Fact]
    public void A_base_is_never_pruned()
    {
        using var gang = new Gang(_files, 2, CheckpointMode.Overwrite);
        gang.Start();
        gang.Commit(1);
        gang.Commit(2);
        using var next = new Gang(_files, 2, CheckpointMode.Overwrite, process: 2);
        var begun = next.Start()!;
        for (var step = 3; step <= 6; step++)
            next.Commit(step);

        Assert.Contains(begun.Id, next.Catalog.Read().Sessions.Select(s => s.Id));
        Assert.Equal([2, 5, 6], next.Catalog.Read().Sessions.Select(s => s.WriteCount));
    }

    [Fact]
    public void Staging_that_dead_ranks_left_is_swept_and_that_of_newer_epochs_is_not()
    {
        using var gang = new Gang(_files, 2);
        gang.Start();
        gang.Commit(1);
        _files.CreateDirectory(Gang.Path + "/rank_000001/.tmp_commit_00000002_aaaaaaaaaaaa_e1");
        _files.CreateDirectory(Gang.Path + "/rank_000001/.tmp_commit_00000002_bbbbbbbbbbbb_e7");
        _files.Seed(Gang.Path + "/sessions/.tmp_session_00000001_00000009_cccccccccccc", [1]);
        _files.Seed(Gang.Path + "/sessions/.tmp_session_00000007_00000009_dddddddddddd", [1]);

        gang.Commit(2);

        Assert.Equal([".tmp_commit_00000002_bbbbbbbbbbbb_e7"], Names("rank_000001").Where(n => n.StartsWith('.')));
        Assert.Equal([".tmp_session_00000007_00000009_dddddddddddd"], Names("sessions").Where(n => n.StartsWith('.')));
    }

    [Fact]
    public void What_ranks_have_staged_since_a_session_is_no_leftover()
    {
        using var gang = new Gang(_files, 2);
        gang.Start();
        var first = gang.Stage(1);
        var second = gang.Stage(2);
        gang.Catalog.Commit(2, first);
        gang.Catalog.Commit(2, second);

        using var next = new Gang(_files, 2, process: 2);
        Assert.Equal(2, next.Start()!.WriteCount);
        Assert.Equal(2, next.Restored());
    }

    [Fact]
    public void A_full_disk_after_the_commit_point_is_a_warning()
    {
        using var gang = new Gang(_files, 2);
        gang.Start();
        var staged = gang.Stage(1);
        _files.Plant(new Fault(1, Fault.ENOSPC, "open", "catalog.json") { Lasting = true });

        Assert.Equal(1, gang.Catalog.Commit(2, staged).WriteCount);

        Assert.Contains(gang.Warnings, w => w.Outcome.Contains("The session is valid", StringComparison.Ordinal));
        _files.Heal();
        gang.Commit(2);
        Assert.Equal([1, 2], IndexOf(0));
    }

    private List<string> Names(string folder) => [.. _files.List($"{Gang.Path}/{folder}").Select(e => e.Name)];

    private IEnumerable<int> IndexOf(int rank)
    {
        var path = $"{Gang.Path}/rank_{rank:000000}/catalog.json";
        return PythonJson.ReadObject(_files.ReadAll(path), path)["entries"]!.Select(e => e["write_count"]!.Value<int>());
    }

    private void Damage(Session session)
    {
        var path = session.Ranks[2].Row.Directory + "/manifest.json";
        var bytes = _files.ReadAll(path);
        bytes[bytes.Length / 2] ^= 4;
        _files.DeleteFile(path);
        _files.Seed(path, bytes);
    }
}
