using Cairn.Storage.Catalog;
using Cairn.Storage.Sessions;
using Cairn.Storage.State;
using Cairn.Storage.Tests.Catalog;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Sessions;

/// <summary>One catalog that is continued by other numbers of ranks, one included, each by the same calls.</summary>
public sealed class WorldSizeTests
{
    private static readonly int[] Worlds = [4, 1, 3, 1, 16];
    private readonly RecordingFiles _files = new("/data");

    [Theory]
    [InlineData(CheckpointMode.Overwrite, null)]
    [InlineData(CheckpointMode.Append, 3)]
    [InlineData(CheckpointMode.Append, 1)]
    [InlineData(CheckpointMode.Append, null)]
    public void A_catalog_goes_on_under_any_number_of_ranks(CheckpointMode mode, int? history)
    {
        var written = new List<(string Id, int Step, int WorldSize, string? Parent)>();
        for (var start = 0; start < Worlds.Length; start++)
        {
            var worldSize = Worlds[start];
            using var crew = new Crew(_files, worldSize, mode, history, process: start + 1);
            var from = crew.Start();
            Assert.Equal(written.LastOrDefault().Id, from?.Id);
            Assert.Equal(written.LastOrDefault().Step, crew.Restored());
            Assert.Equal(written.LastOrDefault().Step, from?.WriteCount ?? 0);
            for (var commit = 0; commit < 3; commit++)
            {
                var (step, parent) = (written.LastOrDefault().Step + 1, written.LastOrDefault().Id);
                written.Add((crew.Commit(step), step, worldSize, parent));
                RequireWhole(crew, written, mode, history);
            }

            // A rank or two commit, and then all die.
            _ = worldSize > 1 ? crew.Stage(77, [0, worldSize - 1]) : [];
        }

        using var last = new Crew(_files, 2, mode, history, process: 9);
        Assert.Equal(written[^1].Id, last.Start()!.Id);
        Assert.Equal(written[^1].Step, last.Restored());
    }

    /// <summary>What must hold after every commit, whoever made it.</summary>
    private void RequireWhole(
        Crew crew, List<(string Id, int Step, int WorldSize, string? Parent)> written, CheckpointMode mode, int? history)
    {
        var kept = mode == CheckpointMode.Overwrite ? 1 : history ?? written.Count;
        var sessions = crew.Catalog.Read().Sessions;
        Assert.Equal(written.TakeLast(kept).Select(w => w.Id), sessions.Where(s => !s.InFallback).Select(s => s.Id));
        Assert.All(sessions, s => Assert.Equal(written.Single(w => w.Id == s.Id), (s.Id, s.WriteCount, s.WorldSize, s.Parent)));
        Assert.Equal(sessions.Select(s => s.Sequence).Order(), sessions.Select(s => s.Sequence));
        Assert.Equal(sessions.Count, sessions.Select(s => s.Sequence).Distinct().Count());
        Assert.All(SessionCatalog.Read(Crew.Path, _files).Sessions, s => Assert.Null(SessionVerification.Defect(_files, s)));
        Assert.True(kept > 1 || written.Count == 1 || sessions.Any(s => s.InFallback), "There is no older session beside the newest.");
        RequireDisk(sessions);
        Assert.Empty(crew.Warnings);
    }

    /// <summary>No commit on disk but those of the sessions, each named by the index of its folder unless it is in the fallback.</summary>
    private void RequireDisk(IReadOnlyList<Session> sessions)
    {
        var ranks = sessions.SelectMany(s => s.Ranks).ToList();
        var folders = _files.List(Crew.Path).Where(e => e.IsDirectory && e.Name.StartsWith("rank_", StringComparison.Ordinal))
            .Select(e => $"{Crew.Path}/{e.Name}").Append(Crew.Path).ToList();
        var onDisk = folders.SelectMany(f => SessionFolder.Parents.SelectMany(p => _files.List($"{f}/{p}").Where(e => e.IsDirectory)
            .Select(e => $"{f}/{p}/{e.Name}")));
        Assert.Equal(ranks.Select(r => r.Row.Directory).Order(StringComparer.Ordinal), onDisk.Order(StringComparer.Ordinal));
        foreach (var folder in folders)
        {
            var indexed = ranks.Where(r => !r.Row.InFallback && Path.GetDirectoryName(Path.GetDirectoryName(r.Row.Directory)) == folder);
            Assert.Equal(indexed.Select(r => r.CommitId), CatalogIndex.CommitIds(_files, folder));
            Assert.DoesNotContain(_files.List(folder), e => e.Name.StartsWith(".tmp", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_ranks_parent_is_the_session_that_its_gang_began_from_and_no_other_ranks_commit()
    {
        string session;
        using (var one = new Crew(_files, 3))
        {
            one.Start();
            session = one.Commit(1);
        }

        using var next = new Crew(_files, 2, process: 2);
        next.Start();
        Assert.All(next.Stage(2), row => Assert.Equal(session, row.Parent));
        Assert.All(next.Stage(3), row => Assert.Equal(session, row.Parent));
    }

    [Fact]
    public void One_rank_that_knows_nothing_of_sessions_still_goes_on_where_the_gang_stopped()
    {
        string session;
        using (var gang = new Crew(_files, 4))
        {
            gang.Start();
            gang.Commit(1);
            session = gang.Commit(2);
        }

        var alone = new Checkpoint("test", Options(1));
        Assert.Equal(session, alone.BeginEpoch().Base);
        using var opened = alone.Open();
        Assert.Equal(2, opened.Bind(new ChunkState()).Value.First);
        var row = opened.Write(TestCatalog.LeadTime(3))!;

        Assert.Equal((session, 3, 2, 3L), (row.Parent, row.WriteCount, row.Epoch, row.Sequence));
        Assert.Equal([row.CommitId], alone.Rows.Select(r => r.CommitId));
        Assert.Equal([1, 2, 3], SessionCatalog.Read(Crew.Path, _files).Sessions.Select(s => s.WriteCount));
    }

    [Fact]
    public void Rows_of_one_rank_that_a_gang_left_behind_do_not_count_for_the_next_one_either()
    {
        var (solo, gang) = (new Crew(_files, 1), new Crew(_files, 2, process: 2));
        solo.Start();
        solo.Commit(1);
        gang.Start();
        // The old process wakes up between its look at the epochs and its rename: here, it simply does not look.
        var stale = new Checkpoint("test", Options(1) with { Files = new WithoutEpochs(_files) });
        stale.JoinEpoch(1);
        using (var session = stale.Open(gang.Catalog.NewestValid()))
        {
            session.Write(TestCatalog.LeadTime(9));
        }

        gang.Commit(2);
        gang.Dispose();
        solo.Dispose();

        using var next = new Crew(_files, 1, process: 3);
        Assert.Equal(2, next.Start()!.WriteCount);
        Assert.Equal(2, next.Restored());
        next.Commit(3);
        Assert.Equal([1, 2, 3], next.Catalog.Read().Sessions.Select(s => s.WriteCount));
        Assert.Equal([1, 3], next.Checkpoints[0].Rows.Select(r => r.WriteCount));
    }

    [Fact]
    public void A_damaged_session_of_one_rank_sends_the_gang_to_the_older_session_of_another_number()
    {
        using (var gang = new Crew(_files, 3))
        {
            gang.Start();
            gang.Commit(1);
        }

        using (var solo = new Crew(_files, 1, process: 2))
        {
            solo.Start();
            Damage(solo.Catalog.Find(solo.Commit(2)).Ranks[0].Row);
        }

        using var next = new Crew(_files, 2, process: 3);
        Assert.Equal(3, next.Start()!.WorldSize);
        Assert.Equal(1, next.Restored());
        next.Commit(2);
        Assert.Equal([1, 2], next.Catalog.Read().Sessions.Select(s => s.WriteCount));
    }

    [Fact]
    public void Verification_listing_and_pruning_see_the_folders_of_one_rank_and_of_several()
    {
        foreach (var (worldSize, process) in new[] { (2, 1), (1, 2), (2, 3), (1, 4) })
        {
            using var crew = new Crew(_files, worldSize, process: process);
            crew.Start();
            crew.Commit(process);
        }

        Assert.Equal(6, Checkpoint.Verify(Crew.Path, _files).Count(f => f is { Defect: null, Counts: true }));
        Assert.Equal([2, 4, 1, 3, 1, 3], Checkpoint.ReadRows(Crew.Path, _files).Select(r => r.WriteCount));
        Assert.Equal([1, 3], Checkpoint.ReadRows($"{Crew.Path}/rank_000001", _files).Select(r => r.WriteCount));
        Assert.Equal([2, 4], Checkpoint.Export(Crew.Path, "/data/exported", files: _files).Select(r => r.WriteCount));

        using (var gang = new Crew(_files, 2, process: 5))
        {
            gang.Start();
            gang.Commit(5);
        }

        var e = Assert.Throws<SpecException>(() => Checkpoint.Export(Crew.Path, "/data/other", files: _files));
        Assert.Contains("session_00000005_00000005, is of 2 ranks", e.Message, StringComparison.Ordinal);
        Checkpoint.Prune(Crew.Path, keep: 2, dryRun: false, _files);
        Assert.Equal([4, 5], SessionCatalog.Read(Crew.Path, _files).Sessions.Select(s => s.WriteCount));
        Checkpoint.Prune(Crew.Path, keep: 1, dryRun: false, _files);
        // The base of the current epoch stays.
        Assert.Equal([4, 5], SessionCatalog.Read(Crew.Path, _files).Sessions.Select(s => s.WriteCount));
    }

    [Fact]
    public void In_overwrite_mode_one_rank_leaves_nothing_of_the_gang_but_empty_folders_and_its_catalog_is_a_plain_one()
    {
        foreach (var (worldSize, process) in new[] { (4, 1), (1, 2), (1, 3) })
        {
            using var crew = new Crew(_files, worldSize, CheckpointMode.Overwrite, process: process);
            crew.Start();
            crew.Commit(process);
        }

        Assert.Equal([Crew.Path], CatalogInspection.Folders(Crew.Path, _files).Select(f => f.Root));
        Assert.Equal([3], Checkpoint.Export(Crew.Path, "/data/exported", files: _files).Select(r => r.WriteCount));
    }

    private void Damage(CheckpointRow row)
    {
        var array = CommitReader.Open(row, _files).Files!.First(f => f.Path.EndsWith(".npy", StringComparison.Ordinal));
        var path = $"{row.Directory}/{array.Path}";
        var bytes = _files.ReadAll(path);
        bytes[^1] ^= 1;
        _files.DeleteFile(path);
        _files.Seed(path, bytes);
    }

    private CheckpointOptions Options(int worldSize) =>
        new() { Path = Crew.Path, Files = _files, Rank = 0, WorldSize = worldSize, Mode = CheckpointMode.Append };

    private sealed class WithoutEpochs(RecordingFiles files) : PassingFiles(files)
    {
        public override IReadOnlyList<Storage.Durable.DirectoryEntry> List(string path) =>
            path.EndsWith("/epochs", StringComparison.Ordinal) ? [] : base.List(path);
    }
}
