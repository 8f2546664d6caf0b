using System.Text;
using Cairn.Storage.Catalog;
using Cairn.Storage.Sessions;
using Cairn.Storage.State;
using Cairn.Storage.Tests.Catalog;

namespace Cairn.Storage.Tests.Sessions;

/// <summary>Catalogs of several ranks that Earth2Studio wrote, with nobody to join them.</summary>
public sealed class TornCatalogTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Boundaries_that_all_ranks_hold_are_sessions()
    {
        var listing = Checkpoint.ReadSessions(Fixtures.Copy("two-ranks", _directory.Path));

        Assert.Equal([1, 2, 3], listing.Sessions.Select(s => s.WriteCount));
        Assert.All(listing.Sessions, s => Assert.Equal((2, TimeSpan.FromHours(6 * s.WriteCount)), (s.WorldSize, s.LeadTime)));
        Assert.Empty(listing.Torn);
        Assert.Empty(listing.Damaged);
    }

    [Fact]
    public void A_torn_boundary_is_never_offered_for_restore()
    {
        var path = Fixtures.Copy("two-ranks", _directory.Path);
        Directory.Delete(Commit(path, 1, 3), recursive: true);

        var listing = Checkpoint.ReadSessions(path);

        Assert.Equal([1, 2], listing.Sessions.Select(s => s.WriteCount));
        var torn = Assert.Single(listing.Torn);
        Assert.Equal((0, 3), (torn.Row.Rank, torn.Row.WriteCount));
        Assert.Contains("Rank 1 of 2 has no row of write count 3", torn.Defect, StringComparison.Ordinal);
        var catalog = new SessionCatalog(new CheckpointOptions { Path = path });
        Assert.Equal(2, catalog.NewestValid()!.WriteCount);
        Assert.Equal(catalog.NewestValid()!.Id, catalog.BeginEpoch().Base);
    }

    [Fact]
    public void Ranks_that_counted_alike_at_other_lead_times_are_torn()
    {
        var path = Fixtures.Copy("two-ranks", _directory.Path);
        var manifest = Path.Combine(Commit(path, 1, 3), "manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"value\": 18", "\"value\": 24", StringComparison.Ordinal));

        var listing = Checkpoint.ReadSessions(path);

        Assert.Equal([1, 2], listing.Sessions.Select(s => s.WriteCount));
        Assert.Equal([0, 1], listing.Torn.Select(t => t.Row.Rank).Order());
        Assert.Contains(listing.Torn, t => t.Defect.Contains("its row of that count is at lead time 24 hours", StringComparison.Ordinal));
    }

    [Fact]
    public void A_rank_folder_that_is_gone_tears_everything()
    {
        var path = Fixtures.Copy("two-ranks", _directory.Path);
        Directory.Delete(Path.Combine(path, "rank_000001"), recursive: true);

        var listing = Checkpoint.ReadSessions(path);

        Assert.Empty(listing.Sessions);
        Assert.Equal(3, listing.Torn.Count);
    }

    [Fact]
    public void A_gang_goes_on_from_the_originals_sessions_and_the_original_from_the_gangs()
    {
        var path = Fixtures.Copy("two-ranks", _directory.Path);
        var catalog = new SessionCatalog(Options(path, null));
        var record = catalog.BeginEpoch();
        var session = catalog.Find(record.Base!);
        Assert.Equal(3, session.WriteCount);
        Assert.Equal("session_00000001_00000001", Step(path, catalog, session).Id);
        Assert.Equal([1, 2, 3, 4], catalog.Read().Sessions.Select(s => s.WriteCount));

        // The original restarts from the gang's rows and writes its own after them: at first on one rank only, then on both.
        var newest = Path.Combine(path, "rank_000000", "commits");
        AsTheOriginal(path, 0, 5);
        Assert.Equal(4, catalog.NewestValid()!.WriteCount);
        Assert.Equal(5, Assert.Single(catalog.Read().Torn).Row.WriteCount);
        AsTheOriginal(path, 1, 5);
        Assert.Equal(5, catalog.NewestValid()!.WriteCount);
        Assert.Empty(catalog.Read().Torn);
        Assert.Equal(5, Directory.GetDirectories(newest).Length);
    }

    [Fact]
    public void The_originals_sessions_restore_on_as_many_ranks_only()
    {
        var path = Fixtures.Copy("two-ranks", _directory.Path);
        var catalog = new SessionCatalog(Options(path, null));
        var session = catalog.NewestValid()!;
        using var three = new Checkpoint("two-ranks", Options(path, 0) with { WorldSize = 3 }).Open(session);

        // The two ranks drew different noise.
        var e = Assert.Throws<DataException>(() => three.Bind(new NoiseState()));
        Assert.Contains("differs between rank 0 and rank 1", e.Message, StringComparison.Ordinal);
    }

    private static Session Step(string path, SessionCatalog catalog, Session from)
    {
        var staged = new List<RankManifest>();
        for (var rank = 0; rank < 2; rank++)
        {
            var checkpoint = new Checkpoint("two-ranks", Options(path, rank));
            checkpoint.JoinEpoch(catalog.Epoch);
            using var opened = checkpoint.Open(from);
            Assert.True(opened.Bind(new ModelState()).StateLoaded);
            var row = opened.Write(new Dictionary<string, object?> { ["lead_time"] = new NumpyTimeDelta64(24, "h") })!;
            staged.Add(RankManifest.Read(path, rank, row.CommitId));
        }

        return catalog.Commit(2, staged);
    }

    /// <summary>A commit as the original would add it: the newest fixture row under a new name, count and time, without digests.</summary>
    private static void AsTheOriginal(string path, int rank, int count)
    {
        var from = Commit(path, rank, 3);
        var name = $"commit_{count:00000000}_aaaaaaaaaaa{rank}";
        var to = Path.Combine(Path.GetDirectoryName(from)!, name);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        var manifest = Path.Combine(to, "manifest.json");
        var map = PythonJson.ReadObject(Encoding.UTF8.GetBytes(File.ReadAllText(manifest)), manifest);
        (map["commit_id"], map["write_count"], map["saved_at"]) = (name, count, "2030-01-01T00:00:00.000000+00:00");
        File.WriteAllBytes(manifest, PythonJson.Write(map, manifest));
    }

    private static string Commit(string path, int rank, int count) =>
        Directory.GetDirectories(Path.Combine(path, $"rank_{rank:000000}", "commits"), $"commit_{count:00000000}_*").Single();

    private static CheckpointOptions Options(string path, int? rank) =>
        new() { Path = path, Mode = CheckpointMode.Append, Rank = rank ?? 0, WorldSize = rank is null ? 1 : 2 };
}
