using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Sessions;
using Cairn.Storage.Tests.Catalog;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Sessions;

/// <summary>A coordinator that is stopped at some call, replaced, and wakes up.</summary>
public sealed class SessionFencingTests
{
    [Fact]
    public void A_superseded_coordinator_is_never_selected_wherever_it_wakes_up()
    {
        var calls = CallsOfOneCommit();
        Assert.InRange(calls, 10, int.MaxValue);
        for (var call = 0; call < calls; call++)
        {
            foreach (var commits in new[] { false, true })
                Violation(call, commits);
        }
    }

    private static void Violation(int call, bool newerCommits)
    {
        var what = $"woken before call {call}, the newer gang {(newerCommits ? "had committed" : "was committing")}";
        var files = new RecordingFiles("/data");
        var pausing = new PausingFiles(files);
        using var old = new Gang(files, 3, coordinatorFiles: pausing);
        old.Start();
        old.Commit(1);
        var staged = old.Stage(2);
        using var newer = new Gang(files, 3, process: 2);
        Session? from = null;
        List<RankManifest> begun = [];
        pausing.PauseBefore(call, () =>
        {
            from = newer.Start()!;
            Assert.True(newer.Restored() == from.WriteCount, what);
            begun = newer.Stage(10);
            _ = newerCommits ? newer.Catalog.Commit(3, begun) : null;
        });
        Session? reported = null;
        try
        {
            reported = old.Catalog.Commit(3, staged);
        }
        catch (Exception e) when (e is FencedException or DurableIOException)
        {
            // It noticed; or its files had been swept away under it, which stops it as well.
        }

        Assert.True(from is not null, what);
        Assert.True(reported is null || from.Id == reported.Id, $"{what}: {reported?.Id} was reported, {from.Id} became the base");
        if (!newerCommits)
            newer.Catalog.Commit(3, begun);

        var listed = newer.Catalog.Read().Sessions;
        Assert.True(listed[^1].Epoch == 2 && listed[^2].Id == from.Id, $"{what}: {string.Join(", ", listed.Select(s => s.Id))}");
        var last = newer.Commit(11);
        using var third = new Gang(files, 3, process: 3);
        Assert.True(third.Start()!.Id == last.Id && third.Restored() == 11, what);
        Assert.Throws<FencedException>(() => old.Catalog.Commit(3, staged));
    }

    private static int CallsOfOneCommit()
    {
        var files = new RecordingFiles("/data");
        var pausing = new PausingFiles(files);
        using var gang = new Gang(files, 3, coordinatorFiles: pausing);
        gang.Start();
        gang.Commit(1);
        var staged = gang.Stage(2);
        pausing.PauseBefore(int.MaxValue, () => { });
        gang.Catalog.Commit(3, staged);
        return pausing.Calls;
    }

    [Fact]
    public void A_rank_of_an_older_epoch_cannot_stage()
    {
        var files = new RecordingFiles("/data");
        using var old = new Gang(files, 2);
        old.Start();
        using var newer = new Gang(files, 2, process: 2);
        newer.Start();

        Assert.Throws<FencedException>(() => old.StageRank(0, 1, 1));
    }
}
