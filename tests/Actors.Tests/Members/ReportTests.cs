using Cairn.Actors.Members;
using Cairn.Actors.Ranks;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Members;

/// <summary>What a supervisor and its keeper owe each other: epochs, acknowledgements, and silence once a grant is withdrawn.</summary>
public sealed class ReportTests : SupervisedBatch
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    [Fact]
    public void The_first_gang_has_the_epoch_of_the_grant_and_the_next_one_is_asked_for_and_awaited()
    {
        GrantsEpochs = false;
        Supervise(Fast);
        var gang = NextGang();
        Assert.Equal(GrantEpoch, gang.Start.Epoch);
        gang.Fail(2);
        Advance(Until<RestartPlanned>().Pause);

        var request = new RequestEpoch("supervised-1", Batch, GrantEpoch, Above: 1);
        Assert.Equal(request, Keeper.FishForMessage<RequestEpoch>(_ => true));
        ExpectNoGang();
        Advance(Again);
        Assert.Equal(request, Keeper.FishForMessage<RequestEpoch>(_ => true));
        GrantEpochs(new MemberRange(2, 3), 9);
        GrantEpochs(Batch, 1);
        ExpectNoGang();
        GrantEpochs(Batch, 7);

        Assert.Equal(7, NextGang().Start.Epoch);
        Assert.Equal(7, Until<BatchStarted>().Epoch);
    }

    [Fact]
    public void A_grant_whose_epoch_is_on_disk_already_asks_for_one_above()
    {
        Supervise(Fast);
        NextGang();
        Sys.Stop(Supervisor);
        GrantsEpochs = false;

        Supervise(Fast);

        Assert.Equal(1, Keeper.FishForMessage<RequestEpoch>(_ => true).Above);
        GrantEpochs(Batch, 5);
        Assert.Equal(5, NextGang().Start.Epoch);
    }

    [Fact]
    public void Reports_are_sent_again_in_order_until_they_are_acknowledged()
    {
        Acknowledges = false;
        Supervise(Fast);
        var gang = NextGang();
        gang.Commit(2);
        gang.Commit(4);
        var reports = Reports(3);
        Assert.Equal([1, 2, 3], reports.Select(r => r.Number));
        Assert.IsType<BatchStarted>(reports[0].Event);
        Assert.Equal([2, 4], reports.Skip(1).Select(r => ((SessionCommitted)r.Event).Boundary));

        Advance(Again);
        Assert.Equal(reports, Reports(3));
        Supervisor.Tell(new ReportAcknowledged("supervised-1", Batch, GrantEpoch + 1, 3), Keeper.Ref);
        Supervisor.Tell(new ReportAcknowledged("supervised-1", new MemberRange(2, 3), GrantEpoch, 3), Keeper.Ref);
        Acknowledge(2);
        Advance(Again);

        Assert.Equal(reports[2], Assert.Single(Reports(1)));
        Acknowledge(3);
        Advance(Again);
        ExpectNoReport();
    }

    [Fact]
    public void A_batch_has_not_ended_before_its_keeper_knows()
    {
        Acknowledges = false;
        Supervise(Fast);
        var gang = NextGang();
        gang.Commit(Last);
        gang.End(Last);
        var reports = Reports(3);
        Assert.IsType<BatchCompleted>(reports[2].Event);
        AwaitProcessed(Supervisor);
        Parent.ExpectNoMsg(TimeSpan.Zero);

        Advance(Again);
        Assert.Equal(reports, Reports(3));
        Acknowledge(2);
        AwaitProcessed(Supervisor);
        Parent.ExpectNoMsg(TimeSpan.Zero);
        Acknowledge(3);

        Assert.True(Ended().Completed);
    }

    [Fact]
    public void A_batch_has_not_ended_before_its_ranks_are_gone()
    {
        EndsGangs = false;
        Supervise(Fast);
        var gang = NextGang();
        gang.Commit(Last);
        gang.End(Last);
        Until<BatchCompleted>();
        AwaitProcessed(Supervisor);
        Parent.ExpectNoMsg(TimeSpan.Zero);

        Supervisor.Tell(new GangEnded(Batch, GrantEpoch, null), Ranks.Ref);

        Assert.True(Ended().Completed);
    }

    [Fact]
    public void Progress_is_sent_twice_a_second_at_most_and_is_no_report()
    {
        var clock = new HandClock();
        clock.Advance(TimeSpan.FromDays(1));
        Supervise(Fast, clock);
        var gang = NextGang();
        foreach (var boundary in new[] { 1, 2, 3, 4, 5, 6 })
        {
            gang.Reach(boundary);
            AwaitProcessed(gang.Coordinator);
            AwaitProcessed(Supervisor);
            clock.Advance(TimeSpan.FromSeconds(0.2));
        }

        AwaitProcessed(Keeper.Ref);
        var progress = Keeper.ReceiveWhile(TimeSpan.Zero, TimeSpan.Zero, message => message).OfType<BatchProgress>().ToList();
        Assert.Equal([1, 4], progress.Select(p => p.Boundary));
        Assert.Equal(new BatchProgress("supervised-1", Batch, 4, TimeSpan.FromHours(12), 4), progress[1]);
        Assert.Equal(6, Observed.OfType<BoundaryReached>().Count());
    }

    [Fact]
    public void A_grant_that_is_withdrawn_ends_the_gang_and_nothing_more_is_reported()
    {
        Supervise(Fast);
        var gang = NextGang();
        Until<BatchStarted>();
        Withdraw(GrantEpoch + 1);
        gang.Commit(2);
        Until<SessionCommitted>();

        Withdraw(GrantEpoch);
        gang.Fail(4);

        Assert.Equal(new EndGang(Batch, GrantEpoch, IsDone: false), Ranks.ExpectMsg<EndGang>());
        Assert.Equal(new BatchEnded(Batch, 2, Completed: false, null), Ended());
        Advance(Again);
        ExpectNoReport();
        Assert.Contains(Observed.OfType<RunWarning>(), w => w.Text == "this node no longer steps the batch: another node has it");
    }

    [Fact]
    public void A_grant_that_is_withdrawn_between_two_gangs_starts_no_other_and_does_not_wait_for_acknowledgements()
    {
        Acknowledges = false;
        Supervise(Fast with { FirstPause = TimeSpan.FromHours(1), LongestPause = TimeSpan.FromHours(1) });
        NextGang().Fail(2);
        Until<RestartPlanned>();

        Withdraw(GrantEpoch);

        Assert.Equal(new BatchEnded(Batch, 3, Completed: false, null), Ended());
        ExpectNoGang();
        Advance(Again);
        ExpectNoReport();
    }

    private void Withdraw(int epoch) =>
        Supervisor.Tell(new GrantWithdrawn("supervised-1", Batch, epoch, "another node has it"), Keeper.Ref);

    private void GrantEpochs(MemberRange batch, int epoch) => Supervisor.Tell(new EpochGranted("supervised-1", batch, epoch), Keeper.Ref);

    private void Acknowledge(long number) =>
        Supervisor.Tell(new ReportAcknowledged("supervised-1", Batch, GrantEpoch, number), Keeper.Ref);

    private List<BatchReport> Reports(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Keeper.FishForMessage<BatchReport>(_ => true))];

    private void ExpectNoReport()
    {
        AwaitProcessed(Supervisor);
        AwaitProcessed(Keeper.Ref);
        Assert.Empty(Keeper.ReceiveWhile(TimeSpan.Zero, TimeSpan.Zero, message => message).OfType<BatchReport>());
    }
}
