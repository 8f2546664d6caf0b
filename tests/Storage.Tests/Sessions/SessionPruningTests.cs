using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Tests.Catalog;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Sessions;

/// <summary>Clearing up by hand where several ranks wrote: what goes, goes of all ranks.</summary>
public sealed class SessionPruningTests
{
    private readonly RecordingFiles _files = new("/data");

    [Fact]
    public void The_newest_sessions_stay_of_every_rank_and_restore()
    {
        Write(5);

        var gone = Checkpoint.Prune(Gang.Path, keep: 2, dryRun: false, _files);

        Assert.All(gone, item => Assert.Equal(PruneReason.Surplus, item.Reason));
        Assert.Equal(3 * (1 + 3), gone.Count);
        Assert.Equal([4, 5], Checkpoint.ReadSessions(Gang.Path, _files).Sessions.Select(s => s.WriteCount));
        Assert.Equal([4, 5, 4, 5, 4, 5], Checkpoint.ReadRows(Gang.Path, _files).Select(r => r.WriteCount));
        Assert.Equal(2, CatalogIndex.CommitIds(_files, Gang.Path + "/rank_000001").Count);
        Assert.Equal(2, _files.List(Gang.Path + "/rank_000002/commits").Count);
        Assert.All(Checkpoint.Verify(Gang.Path, _files), finding => Assert.Null(finding.Defect));
        using var next = new Gang(_files, 3, process: 2);
        next.Start();
        Assert.Equal(5, next.Restored());
    }

    [Fact]
    public void A_dry_run_tells_the_same_and_changes_nothing()
    {
        Write(4);
        var before = Names(Gang.Path).ToList();

        var dry = Checkpoint.Prune(Gang.Path, keep: 1, dryRun: true, _files);

        Assert.Equal(before, Names(Gang.Path));
        Assert.Equal(dry, Checkpoint.Prune(Gang.Path, keep: 1, dryRun: false, _files));
        Assert.Empty(Checkpoint.Prune(Gang.Path, keep: 1, dryRun: false, _files));
    }

    [Fact]
    public void What_a_dead_gang_staged_goes_and_a_session_that_lost_a_rank_protects_nothing()
    {
        using (var gang = new Gang(_files, 3))
        {
            gang.Start();
            gang.Commit(1);
            gang.Commit(2);
            gang.Commit(3);
            gang.Stage(4);
        }

        DurableTree.DeleteTree(_files, Checkpoint.ReadSessions(Gang.Path, _files).Sessions[^1].Ranks[1].Row.Directory);

        var gone = Checkpoint.Prune(Gang.Path, keep: 1, dryRun: false, _files);

        Assert.Equal(3, gone.Count(i => i.Reason == PruneReason.Stale));
        Assert.Equal([2], Checkpoint.ReadSessions(Gang.Path, _files).Sessions.Select(s => s.WriteCount));
        Assert.Equal(4, gone.Count(i => i.Reason == PruneReason.Surplus));
    }

    [Fact]
    public void The_base_of_the_current_epoch_stays()
    {
        Write(3);
        using (var second = new Gang(_files, 3, process: 2))
        {
            second.Start();
            second.Commit(4);
            second.Commit(5);
        }

        Checkpoint.Prune(Gang.Path, keep: 1, dryRun: false, _files);

        Assert.Equal([3, 5], Checkpoint.ReadSessions(Gang.Path, _files).Sessions.Select(s => s.WriteCount));
    }

    [Fact]
    public void One_rank_alone_is_refused_and_pointed_to_the_whole()
    {
        Write(2);
        var refused = Assert.Throws<SpecException>(() => Checkpoint.Prune(Gang.Path + "/rank_000001", 1, dryRun: false, _files));
        Assert.Contains($"prune {Gang.Path}.", refused.Message, StringComparison.Ordinal);
    }

    private void Write(int sessions)
    {
        using var gang = new Gang(_files, 3);
        gang.Start();
        for (var step = 1; step <= sessions; step++)
            gang.Commit(step);
    }

    private IEnumerable<string> Names(string folder) => _files.List(folder)
        .SelectMany(e => e.IsDirectory ? Names($"{folder}/{e.Name}") : [$"{folder}/{e.Name}"]);
}
