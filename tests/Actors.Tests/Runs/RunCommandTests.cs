using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Runs;

/// <summary>What people may ask of a run, and when.</summary>
public sealed class RunCommandTests
{
    private static readonly CancelRun Cancel = new(PureKeeper.Id);
    private static readonly RetryRun Retry = new(PureKeeper.Id);

    [Fact]
    public void A_run_that_nobody_opened_is_cancelled_at_once()
    {
        var keeper = new PureKeeper();
        Assert.IsType<CommandAccepted>(keeper.Decide(Cancel));
        Assert.IsType<CommandAccepted>(keeper.Decide(Cancel));
        Assert.Equal((RunState.Cancelled, true), (keeper.Book.State, keeper.Book.IsCancelled));
        Assert.Empty(keeper.Book.Waiting);
        Assert.Single(keeper.Journal.OfType<RunCancelled>());
    }

    [Fact]
    public void A_run_that_is_being_opened_is_cancelled_when_its_opening_is_handed_back()
    {
        var keeper = new PureKeeper();
        var epoch = keeper.Grant(RunWork.Opening, "a");
        keeper.Decide(Cancel);
        Assert.Equal(new BatchCommand(PureKeeper.Id, RunWork.Opening, BatchOrder.Halt), keeper.Orders[^1].Message);
        keeper.Report(RunWork.Opening, epoch, new BatchStopped(-1, TimeSpan.Zero, 0));
        Assert.Equal(RunState.Cancelled, keeper.Book.State);
    }

    [Fact]
    public void A_run_that_is_opened_although_it_was_cancelled_has_nothing_to_step()
    {
        var keeper = new PureKeeper();
        var epoch = keeper.Grant(RunWork.Opening, "a");
        keeper.Decide(Cancel);
        keeper.Decide(new OpeningReport(PureKeeper.Id, epoch, 1, [new(new(0, 0), 0), new(new(1, 1), 0)]));
        Assert.Equal((2, RunWork.Closing.First), (keeper.Book.Counts.Cancelled, Assert.Single(keeper.Book.Waiting)));
        keeper.Grant(RunWork.Closing, "a");
        Assert.Equal(2, Assert.IsType<ClosingGrant>(keeper.Orders[^1].Message).Unfinished.Count);
        keeper.Finish();
        Assert.Equal(RunState.Cancelled, keeper.Book.State);
    }

    [Fact]
    public void Cancelling_withdraws_what_waits_and_halts_what_is_under_way()
    {
        var keeper = PureKeeper.Opened(3);
        var epochs = new[] { keeper.Grant(0, "a"), keeper.Grant(1, "b") };
        keeper.Decide(Cancel);
        Assert.Equal(BatchState.Cancelled, keeper.Batch(2).State);
        Assert.Equal(["a", "b"], keeper.Orders.Where(o => o.Message is BatchCommand { Order: BatchOrder.Halt }).Select(o => o.Node));
        keeper.Report(0, epochs[0], new BatchStopped(3, TimeSpan.Zero, 1));
        keeper.Report(1, epochs[1], new BatchCompleted(1));
        var closing = keeper.Grant(RunWork.Closing, "a");
        keeper.Report(RunWork.Closing, closing, new BatchStopped(-1, TimeSpan.Zero, 0));
        Assert.Equal([RunWork.Closing.First], keeper.Book.Waiting);
        keeper.Finish();
        Assert.Equal((RunState.Cancelled, 1, 2), (keeper.Book.State, keeper.Book.Counts.Completed, keeper.Book.Counts.Cancelled));
    }

    [Fact]
    public void A_cancelled_runs_lost_batch_is_not_given_to_another_node()
    {
        var keeper = PureKeeper.Opened(1);
        keeper.Grant(0, "a");
        keeper.Decide(Cancel);
        keeper.Decide(new NodeGone("a", false, "killed"));
        Assert.Equal((BatchState.Cancelled, RunWork.Closing.First), (keeper.Batch(0).State, Assert.Single(keeper.Book.Waiting)));
    }

    [Fact]
    public void A_run_that_has_ended_cannot_be_cancelled_and_one_that_has_not_cannot_be_retried()
    {
        var keeper = PureKeeper.Opened(1);
        Assert.IsType<NotApplicable>(keeper.Decide(Retry));
        keeper.Finish();
        Assert.IsType<NotApplicable>(keeper.Decide(Cancel));
        Assert.IsType<NotApplicable>(keeper.Decide(Retry));
        Assert.IsType<NotApplicable>(keeper.Decide(new PauseRun(PureKeeper.Id)));
        Assert.IsType<NotApplicable>(keeper.Decide(new CommitRun(PureKeeper.Id)));
        Assert.Equal(RunState.Completed, keeper.Book.State);
    }

    [Fact]
    public void A_retry_reruns_only_what_failed_and_epochs_go_on()
    {
        var keeper = PureKeeper.Opened(2);
        keeper.Report(0, keeper.Grant(0, "a"), new BatchCompleted(1));
        var failed = keeper.Grant(1, "a");
        keeper.Report(1, failed, new SessionCommitted("s1", 1, TimeSpan.FromHours(6)));
        keeper.Report(1, failed, new BatchFailed("no"));
        keeper.Finish();
        Assert.Equal(RunState.Failed, keeper.Book.State);
        Assert.IsType<CommandAccepted>(keeper.Decide(Retry));
        Assert.IsType<CommandAccepted>(keeper.Decide(Retry));
        Assert.Equal((RunState.Running, null, null), (keeper.Book.State, keeper.Book.Error, keeper.Book.EndedAt));
        Assert.Equal([1], keeper.Book.Waiting);
        Assert.Equal(failed + 1, keeper.Grant(1, "a"));
        Assert.Equal("s1", Assert.IsType<Grant>(keeper.Orders[^1].Message).Reported!.Session);
        keeper.Finish();
        Assert.Equal((RunState.Completed, 2), (keeper.Book.State, keeper.Book.Counts.Completed));
        Assert.Single(keeper.Journal.OfType<RunRetried>());
    }

    [Fact]
    public void A_retried_run_may_be_cancelled_and_retried_again()
    {
        var keeper = PureKeeper.Opened(1);
        for (var i = 0; i < 3; i++)
        {
            Assert.IsType<CommandAccepted>(keeper.Decide(Cancel));
            keeper.Finish();
            Assert.Equal(RunState.Cancelled, keeper.Book.State);
            Assert.IsType<CommandAccepted>(keeper.Decide(Retry));
        }

        keeper.Finish();
        Assert.Equal(RunState.Completed, keeper.Book.State);
    }

    [Fact]
    public void A_run_whose_opening_failed_or_was_withdrawn_is_opened_by_a_retry()
    {
        var failed = new PureKeeper();
        failed.Report(RunWork.Opening, failed.Grant(RunWork.Opening, "a"), new BatchFailed("no such model"));
        var cancelled = new PureKeeper();
        cancelled.Decide(Cancel);
        foreach (var keeper in new[] { failed, cancelled })
        {
            Assert.IsType<CommandAccepted>(keeper.Decide(Retry));
            Assert.Equal(RunState.Submitted, keeper.Book.State);
            keeper.Finish();
            Assert.Equal(RunState.Completed, keeper.Book.State);
        }
    }

    [Fact]
    public void A_paused_run_waits_on_its_nodes_and_nothing_more_of_it_is_granted()
    {
        var keeper = PureKeeper.Opened(2);
        keeper.Grant(0, "a");
        Assert.IsType<CommandAccepted>(keeper.Decide(new PauseRun(PureKeeper.Id)));
        Assert.IsType<CommandAccepted>(keeper.Decide(new PauseRun(PureKeeper.Id)));
        Assert.Equal(new NodeOrder("a", new BatchCommand(PureKeeper.Id, new(0, 0), BatchOrder.Pause)), keeper.Orders[^1]);
        keeper.Decide(new GrantBatch(new(1, 1), [new("a", "", "a", 1)]));
        Assert.Equal(BatchState.Waiting, keeper.Batch(1).State);
        keeper.Decide(new ResumeRun(PureKeeper.Id));
        Assert.Equal(new NodeOrder("a", new BatchCommand(PureKeeper.Id, new(0, 0), BatchOrder.Resume)), keeper.Orders[^1]);
        Assert.Equal(1, keeper.Grant(1, "a"));
        Assert.Single(keeper.Journal.OfType<RunPaused>());
    }

    [Fact]
    public void A_commit_is_asked_of_what_is_under_way_and_changes_nothing_in_the_journal()
    {
        var keeper = PureKeeper.Opened(1);
        Assert.IsType<NotApplicable>(keeper.Decide(new CommitRun(PureKeeper.Id)));
        keeper.Grant(0, "a");
        var before = keeper.Journal.Count;
        Assert.IsType<CommandAccepted>(keeper.Decide(new CommitRun(PureKeeper.Id)));
        Assert.Equal((before, BatchOrder.Commit), (keeper.Journal.Count, ((BatchCommand)keeper.Orders[^1].Message).Order));
    }
}
