using Cairn.Actors.Members;
using Cairn.Actors.Ranks;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Tests.Members;

/// <summary>Halt, pause, resume and commit, in each state that a batch may be in.</summary>
public sealed class CommandTests : SupervisedBatch
{
    [Fact]
    public void A_running_batch_halts_at_its_next_boundary()
    {
        Supervise(Fast);
        var gang = NextGang();

        Command(new HaltBatch());

        Assert.Equal(new RankOrder.Halt(-1), gang.Until<RankOrder.Halt>());
        gang.Commit(3);
        gang.End(3);
        Assert.Equal(3, Until<BatchStopped>().Boundary);
        Assert.Equal(new BatchEnded(Batch, 3, Completed: false, null), Ended());
    }

    [Fact]
    public void A_gang_that_fails_on_its_way_to_the_halt_is_not_started_again()
    {
        Supervise(Fast);
        var gang = NextGang();
        gang.Commit(3);
        Command(new HaltBatch());
        gang.Until<RankOrder.Halt>();

        gang.Fail(4);

        Assert.Equal(3, Until<BatchStopped>().Boundary);
        Assert.Null(Ended().Error);
        ExpectNoGang();
    }

    [Fact]
    public void A_batch_that_waits_for_its_restart_halts_at_its_newest_session()
    {
        Supervise(Fast with { FirstPause = TimeSpan.FromHours(1), LongestPause = TimeSpan.FromHours(1) });
        var gang = NextGang();
        gang.Commit(3);
        gang.Fail(4);
        Until<RestartPlanned>();

        Command(new HaltBatch());

        Assert.Equal(3, Until<BatchStopped>().Boundary);
        Assert.Null(Ended().Error);
    }

    [Fact]
    public async Task A_batch_that_begins_an_epoch_halts_before_its_gang_is_launched()
    {
        using var clock = new GatedClock();
        Supervise(Fast, clock);
        await clock.Asked.WaitAsync(TimeSpan.FromSeconds(30));

        Command(new HaltBatch());
        AwaitProcessed(Supervisor);
        clock.Open();

        Assert.False(Ended().Completed);
        ExpectNoGang();
    }

    [Fact]
    public void A_batch_that_waits_for_its_epoch_halts_where_it_is()
    {
        GrantsEpochs = false;
        Supervise(Fast);
        var gang = NextGang();
        gang.Commit(3);
        gang.Fail(4);
        Advance(Until<RestartPlanned>().Pause);
        Keeper.FishForMessage<RequestEpoch>(_ => true);

        Command(new HaltBatch());

        Assert.Equal(3, Until<BatchStopped>().Boundary);
        Assert.Null(Ended().Error);
        ExpectNoGang();
    }

    [Fact]
    public void A_pause_that_comes_while_the_gang_is_being_stopped_holds_for_the_next()
    {
        EndsGangs = false;
        Supervise(Fast);
        NextGang().Fail(2);
        var end = Ranks.ExpectMsg<EndGang>();

        Command(new PauseBatch());
        AwaitProcessed(Supervisor);
        Supervisor.Tell(new GangEnded(end.Batch, end.Epoch, null), Ranks.Ref);

        Assert.Equal(new RankOrder.Permit(0), RestartedGang().Until<RankOrder.Permit>());
    }

    [Fact]
    public void A_batch_pauses_once_and_goes_on()
    {
        Supervise(Fast);
        var gang = NextGang();
        gang.Until<RankOrder.Begin>();
        Command(new PauseBatch());
        Assert.Equal(new RankOrder.Permit(0), gang.Until<RankOrder.Permit>());
        gang.Reach(2);
        gang.Wait(2, orders: 2);
        Assert.Equal(2, Until<BatchPaused>().Boundary);
        gang.Wait(2, orders: 2);

        Command(new ResumeBatch());

        Assert.Equal(new RankOrder.Permit(int.MaxValue), gang.Until<RankOrder.Permit>());
        Until<BatchResumed>();
        Assert.Single(Observed.OfType<BatchPaused>());
    }

    [Fact]
    public void A_batch_that_is_granted_while_its_run_is_paused_starts_paused()
    {
        Supervise(Fast, paused: true);

        var gang = NextGang();

        Assert.Equal(new RankOrder.Permit(0), gang.Workers[0].ExpectMsg<RankOrder>());
        Assert.Equal(new RankOrder.Begin(), gang.Workers[0].ExpectMsg<RankOrder>());
    }

    [Fact]
    public void A_commit_on_request_is_ordered_for_the_next_boundary()
    {
        Supervise(Fast);
        var gang = NextGang();

        Command(new CommitBatch());

        Assert.Equal(new RankOrder.Commit(-1), gang.Until<RankOrder.Commit>());
    }

    [Fact]
    public void Orders_from_before_all_ranks_are_there_come_before_the_first_step()
    {
        Supervise(Fast, ranks: new RankSpec(2, RankLauncher.InProcess));
        var gang = NextGang(isReady: false);
        Command(new CommitBatch());
        Command(new PauseBatch());
        Command(new HaltBatch());

        gang.ReportReady();

        foreach (var worker in gang.Workers)
        {
            // A commit lets ranks go one boundary further, which is where they commit and halt.
            var orders = worker.ReceiveN(5).ToList();
            Assert.Equal(
                [new RankOrder.Commit(3), new RankOrder.Permit(3), new RankOrder.Permit(3), new RankOrder.Halt(3), new RankOrder.Begin()],
                orders);
        }
    }

    [Fact]
    public void A_batch_that_is_abandoned_ends_its_gang_at_once_and_says_nothing_of_a_failure()
    {
        Supervise(Fast);
        var gang = NextGang();
        gang.Commit(3);

        Command(new AbandonBatch());

        Assert.Equal(new EndGang(Batch, GrantEpoch, IsDone: false), Ranks.ExpectMsg<EndGang>());
        Assert.Equal(3, Until<BatchStopped>().Boundary);
        Assert.Null(Ended().Error);
        Assert.Empty(Observed.OfType<RankFailed>());
    }
}
