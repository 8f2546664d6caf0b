using Cairn.Actors.Members;
using Cairn.Actors.Ranks;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Tests.Members;

public sealed class HangTests : SupervisedBatch
{
    private static readonly SupervisionSpec Deadline = Fast with { BoundaryDeadline = TimeSpan.FromMinutes(4) };
    private readonly HandClock _clock = new();

    [Fact]
    public void A_rank_that_does_not_reach_its_next_boundary_in_time_has_failed()
    {
        Supervise(Deadline, _clock);
        var gang = NextGang();
        gang.Reach(4);

        Pass(TimeSpan.FromMinutes(3), gang);
        Assert.Empty(Observed.OfType<RankFailed>());
        Pass(TimeSpan.FromMinutes(2), gang);

        var failed = Until<RankFailed>();
        Assert.Contains("within supervision.boundary-deadline = 240 s", failed.Cause);
        Assert.Equal((0, TimeSpan.FromHours(15)), (failed.Rank, failed.LeadTime));
        Assert.Equal(2, RestartedGang().Start.Epoch);
    }

    [Fact]
    public void A_gang_whose_processes_never_come_has_failed()
    {
        Supervise(Deadline, _clock);
        var gang = NextGang(isReady: false);

        Pass(TimeSpan.FromMinutes(5), gang);

        Assert.Contains("rank 0 has not reached its next boundary", Until<RankFailed>().Cause);
    }

    [Fact]
    public void A_gang_that_waits_while_it_is_paused_is_not_late()
    {
        Supervise(Deadline, _clock);
        var gang = NextGang();
        gang.Until<RankOrder.Begin>();
        Command(new PauseBatch());
        gang.Until<RankOrder.Permit>();
        gang.Reach(2);
        gang.Wait(2, orders: 2);
        Until<BatchPaused>();

        Pass(TimeSpan.FromHours(4), gang);

        Assert.Empty(Observed.OfType<RankFailed>());
        Command(new ResumeBatch());
        gang.Until<RankOrder.Permit>();
        Pass(TimeSpan.FromMinutes(3), gang);
        Assert.Empty(Observed.OfType<RankFailed>());
        Pass(TimeSpan.FromMinutes(2), gang);
        Until<RankFailed>();
    }

    [Fact]
    public void A_place_that_does_not_say_that_a_gang_is_gone_is_waited_for_no_longer_than_it_may_take()
    {
        EndsGangs = false;
        Supervise(Fast);
        NextGang().Fail(2);
        Ranks.ExpectMsg<EndGang>();

        Advance(TimeSpan.FromSeconds(19));
        ExpectNoGang();
        Assert.Empty(Observed.OfType<RankFailed>());
        Advance(TimeSpan.FromSeconds(1));

        Assert.Contains("the gang of epoch 1 could not be stopped cleanly and is fenced", Until<RunWarning>().Text);
        Assert.Equal(2, RestartedGang().Start.Epoch);
    }

    private void Pass(TimeSpan time, SteeredGang gang)
    {
        AwaitProcessed(gang.Coordinator);
        _clock.Advance(time);
        Advance(time, gang);
        AwaitProcessed(gang.Coordinator);
        AwaitProcessed(Supervisor);
    }
}
