using Cairn.Actors.Members;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Members;

/// <summary>Halt, pause, resume and commit, in each state that a batch may be in.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task A_running_batch_halts_at_its_next_boundary()
    {
        await using var batch = new SupervisedBatch(SupervisedBatch.Fast);
        var gang = await batch.NextGang();

        batch.Command(new HaltBatch());

        Assert.Equal(new RankOrder.Halt(-1), await gang.Until<RankOrder.Halt>());
        await gang.Commit(3);
        gang.End(3);
        Assert.Equal(3, (await batch.Until<BatchStopped>()).Boundary);
        Assert.Equal(new BatchEnded(SupervisedBatch.Batch, 3, Completed: false, null), await batch.Ended());
    }

    [Fact]
    public async Task A_gang_that_fails_on_its_way_to_the_halt_is_not_started_again()
    {
        await using var batch = new SupervisedBatch(SupervisedBatch.Fast);
        var gang = await batch.NextGang();
        await gang.Commit(3);
        batch.Command(new HaltBatch());
        await gang.Until<RankOrder.Halt>();

        gang.Fail(4);

        Assert.Equal(3, (await batch.Until<BatchStopped>()).Boundary);
        Assert.Null((await batch.Ended()).Error);
        Assert.False(batch.HasLaunched);
    }

    [Fact]
    public async Task A_batch_that_waits_for_its_restart_halts_at_its_newest_session()
    {
        await using var batch = new SupervisedBatch(
            SupervisedBatch.Fast with { FirstPause = TimeSpan.FromHours(1), LongestPause = TimeSpan.FromHours(1) });
        var gang = await batch.NextGang();
        await gang.Commit(3);
        gang.Fail(4);
        await batch.Until<RestartPlanned>();

        batch.Command(new HaltBatch());

        Assert.Equal(3, (await batch.Until<BatchStopped>()).Boundary);
        Assert.Null((await batch.Ended()).Error);
    }

    [Fact]
    public async Task A_batch_that_begins_an_epoch_halts_before_its_gang_is_launched()
    {
        using var clock = new GatedClock();
        await using var batch = new SupervisedBatch(SupervisedBatch.Fast, clock);
        await clock.Asked;

        batch.Command(new HaltBatch());
        await batch.Heard();
        clock.Open();

        Assert.False((await batch.Ended()).Completed);
        Assert.False(batch.HasLaunched);
    }

    [Fact]
    public async Task A_pause_that_comes_while_the_gang_is_being_stopped_holds_for_the_next()
    {
        await using var batch = new SupervisedBatch(SupervisedBatch.Fast);
        var first = await batch.NextGang();
        var stopped = new TaskCompletionSource();
        first.Stopped = stopped.Task;
        first.Fail(2);
        await first.Stopping;

        batch.Command(new PauseBatch());
        await batch.Heard();
        stopped.SetResult();

        var second = await batch.NextGang();
        Assert.Equal(new RankOrder.Permit(0), await second.Until<RankOrder.Permit>());
    }

    [Fact]
    public async Task A_batch_pauses_once_and_goes_on()
    {
        await using var batch = new SupervisedBatch(SupervisedBatch.Fast);
        var gang = await batch.NextGang();
        batch.Command(new PauseBatch());
        Assert.Equal(new RankOrder.Permit(0), await gang.Until<RankOrder.Permit>());
        gang.Reach(2);
        gang.Wait(2);
        Assert.Equal(2, (await batch.Until<BatchPaused>()).Boundary);
        gang.Wait(2);

        batch.Command(new ResumeBatch());

        Assert.Equal(new RankOrder.Permit(int.MaxValue), await gang.Until<RankOrder.Permit>());
        await batch.Until<BatchResumed>();
    }

    [Fact]
    public async Task A_batch_whose_run_was_paused_while_it_waited_for_a_slot_starts_paused()
    {
        await using var batch = new SupervisedBatch(SupervisedBatch.Fast);
        var first = await batch.NextGang();
        batch.Command(new PauseBatch(), batch.Submit());

        await first.Commit(3);
        batch.Command(new HaltBatch());
        first.End(3);

        var second = await batch.NextGang();
        Assert.Equal(new RankOrder.Permit(0), await second.Until<RankOrder.Permit>());
    }

    [Fact]
    public async Task A_commit_on_request_is_ordered_for_the_next_boundary()
    {
        await using var batch = new SupervisedBatch(SupervisedBatch.Fast);
        var gang = await batch.NextGang();

        batch.Command(new CommitBatch());

        Assert.Equal(new RankOrder.Commit(-1), await gang.Until<RankOrder.Commit>());
    }
}
