using System.Collections.Immutable;
using System.Text.Json;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Runs;

/// <summary>How a run goes from its submission to its end, as its keeper decides and its journal keeps it.</summary>
public sealed class RunBookTests
{
    [Fact]
    public void A_run_is_opened_stepped_and_closed()
    {
        var keeper = new PureKeeper();
        Assert.Equal((RunState.Submitted, 0), (keeper.Book.State, keeper.Book.Counts.Total));
        keeper.Open([new(new(0, 3), 0), new(new(4, 7), 5)]);
        Assert.Equal((RunState.Running, 2), (keeper.Book.State, keeper.Book.Counts.Waiting));

        Assert.Equal((1, 6), (keeper.Grant(new MemberRange(0, 3), "a"), keeper.Grant(new MemberRange(4, 7), "a")));
        Assert.Equal(BatchState.Pending, keeper.Book.Find(RunWork.Closing)!.State);
        keeper.Report(new MemberRange(0, 3), 1, new BatchCompleted(24));
        keeper.Report(new MemberRange(4, 7), 6, new BatchCompleted(20));
        var epoch = keeper.Grant(RunWork.Closing, "a");
        var closing = Assert.IsType<ClosingGrant>(keeper.Orders[^1].Message);
        Assert.Equal((44, 0, 0), (closing.Steps, closing.Failures.Count, closing.Unfinished.Count));
        keeper.Decide(new ClosingReport(PureKeeper.Id, epoch, 1));

        Assert.Equal((RunState.Completed, null), (keeper.Book.State, keeper.Book.Error));
        Assert.NotNull(keeper.Book.EndedAt);
    }

    [Fact]
    public void A_run_with_nothing_to_step_is_closed_at_once()
    {
        var keeper = new PureKeeper();
        keeper.Open([]);
        Assert.Equal([RunWork.Closing.First], keeper.Book.Waiting);
    }

    [Fact]
    public void A_run_that_cannot_be_opened_has_failed_and_says_what_can_be_done()
    {
        var keeper = new PureKeeper();
        var epoch = keeper.Grant(RunWork.Opening, "a");
        keeper.Decide(new OpeningRefused(PureKeeper.Id, epoch, 1, RefusalKind.Spec, "no such model"));
        Assert.Equal((RunState.Failed, RefusalKind.Spec, "no such model"), (keeper.Book.State, keeper.Book.Refusal, keeper.Book.Error));
    }

    [Fact]
    public void An_opening_is_not_completed_without_saying_what_there_is_to_do()
    {
        var keeper = new PureKeeper();
        var epoch = keeper.Grant(RunWork.Opening, "a");
        keeper.Report(RunWork.Opening, epoch, new BatchCompleted(0));
        Assert.Equal(RunState.Failed, keeper.Book.State);
    }

    [Fact]
    public void A_run_with_a_failed_batch_fails_once_it_is_closed_and_tells_why()
    {
        var keeper = PureKeeper.Opened(3);
        keeper.Report(1, keeper.Grant(1, "a"), new BatchFailed("no'; \0 ünïcode"));
        Assert.Equal(RunState.Running, keeper.Book.State);
        keeper.Finish();
        Assert.Equal((RunState.Failed, "the batch of member 1 failed: no'; \0 ünïcode"), (keeper.Book.State, keeper.Book.Error));
        Assert.Equal([new BatchFailure(new(1, 1), "no'; \0 ünïcode")],
            keeper.Orders.Select(o => o.Message).OfType<ClosingGrant>().Single().Failures);
    }

    [Fact]
    public void A_closing_that_fails_fails_the_run_and_a_retry_steps_nothing_again()
    {
        var keeper = PureKeeper.Opened(1);
        keeper.Report(0, keeper.Grant(0, "a"), new BatchCompleted(1));
        keeper.Report(RunWork.Closing, keeper.Grant(RunWork.Closing, "a"), new BatchFailed("no room"));
        Assert.Equal((RunState.Failed, "no room"), (keeper.Book.State, keeper.Book.Error));
        keeper.Decide(new RetryRun(PureKeeper.Id));
        Assert.Equal([RunWork.Closing.First], keeper.Book.Waiting);
        keeper.Finish();
        Assert.Equal(RunState.Completed, keeper.Book.State);
    }

    [Fact]
    public void Epochs_only_grow_whoever_asks_and_are_above_those_on_disk()
    {
        var keeper = new PureKeeper();
        keeper.Open([new(new(0, 0), 7)]);
        var grant = keeper.Grant(0, "a");
        Assert.Equal(8, grant);
        keeper.Report(0, grant, new RankFailed(0, null, null, "died"));
        var asked = new RequestEpoch(PureKeeper.Id, new(0, 0), grant, 8);
        Assert.Equal(9, Assert.IsType<EpochGranted>(keeper.Decide(asked)).Epoch);
        Assert.Equal(9, Assert.IsType<EpochGranted>(keeper.Decide(asked)).Epoch);
        Assert.Equal(21, Assert.IsType<EpochGranted>(keeper.Decide(asked with { Above = 20 })).Epoch);
        var attempts = keeper.Batch(0).Attempts;
        Assert.Equal([8, 9, 21], attempts.Select(a => a.Epoch));
        Assert.Equal((AttemptOutcome.Restarted, "died"), (attempts[0].Outcome!.Value, attempts[0].Cause));
        keeper.Decide(new NodeGone("a", false, "killed"));
        Assert.Equal(22, keeper.Grant(0, "b"));
        Assert.IsType<GrantWithdrawn>(keeper.Decide(asked with { Above = 30 }));
    }

    [Fact]
    public void Who_lost_its_grant_can_do_nothing_more_with_the_batch()
    {
        var keeper = PureKeeper.Opened(1);
        var stale = keeper.Grant(0, "a");
        keeper.Decide(new NodeGone("a", false, "killed"));
        var fresh = keeper.Grant(0, "b");
        var before = keeper.Journal.Count;
        Assert.Contains("b has it", Assert.IsType<GrantWithdrawn>(keeper.Report(0, stale, Session("late"))).Reason);
        Assert.IsType<GrantWithdrawn>(keeper.Report(0, stale, new BatchCompleted(1)));
        Assert.IsType<GrantWithdrawn>(keeper.Decide(new BatchReport(PureKeeper.Id, new(0, 0), 99, 1, new BatchCompleted(1))));
        Assert.IsType<GrantWithdrawn>(keeper.Decide(new BatchReport(PureKeeper.Id, new(7, 7), 1, 1, new BatchCompleted(1))));
        Assert.Equal((before, fresh), (keeper.Journal.Count, keeper.Batch(0).GrantEpoch));
    }

    [Fact]
    public void A_report_is_taken_once_however_often_it_comes_and_never_before_those_that_came_first()
    {
        var keeper = PureKeeper.Opened(1);
        var epoch = keeper.Grant(0, "a");
        var (first, second) = (Report(1, Session("s1")), Report(2, Session("s2")));
        Assert.Equal(0, Acknowledged(keeper.Decide(second)));
        Assert.Equal(1, Acknowledged(keeper.Decide(first)));
        Assert.Equal(1, Acknowledged(keeper.Decide(first)));
        Assert.Equal(2, Acknowledged(keeper.Decide(second)));
        Assert.Equal(1, Acknowledged(keeper.Decide(first)) - 1);
        Assert.Equal(["s1", "s2"], keeper.Journal.OfType<SessionReported>().Select(s => s.Session));
        Assert.Equal("s2", keeper.Batch(0).Newest!.Session);

        var end = Report(3, new BatchStopped(1, TimeSpan.Zero, 5));
        keeper.Decide(end);
        Assert.Equal((BatchState.Waiting, 3), (keeper.Batch(0).State, Acknowledged(keeper.Decide(end))));
        Assert.IsType<GrantWithdrawn>(keeper.Decide(Report(4, Session("s3"))));
        keeper.Grant(0, "a");
        Assert.IsType<GrantWithdrawn>(keeper.Decide(end));
        Assert.Equal(BatchState.Granted, keeper.Batch(0).State);

        BatchReport Report(long number, RunEvent happened) => new(PureKeeper.Id, new(0, 0), epoch, number, happened);
    }

    [Fact]
    public void An_opening_that_is_reported_twice_or_by_a_lost_node_opens_nothing_else()
    {
        var keeper = new PureKeeper();
        var stale = keeper.Grant(RunWork.Opening, "a");
        keeper.Decide(new NodeGone("a", false, "killed"));
        var fresh = keeper.Grant(RunWork.Opening, "b");
        Assert.IsType<GrantWithdrawn>(keeper.Decide(new OpeningReport(PureKeeper.Id, stale, 1, [new(new(0, 9), 0)])));
        var opened = new OpeningReport(PureKeeper.Id, fresh, 1, [new(new(0, 0), 0)]);
        keeper.Decide(opened);
        Assert.Equal(1, Acknowledged(keeper.Decide(opened)));
        Assert.Equal(1, keeper.Book.Counts.Total);
    }

    [Fact]
    public void A_run_that_begins_from_a_checkpoint_of_Chm_has_the_boundaries_that_are_left_and_says_from_where()
    {
        var keeper = new PureKeeper();
        var epoch = keeper.Grant(RunWork.Opening, "a");
        var begun = new BegunFromChm("/c.json", DateTimeOffset.UnixEpoch, TimeSpan.FromMinutes(30), TimeSpan.FromHours(3), 3);

        keeper.Report(RunWork.Opening, epoch, begun);

        foreach (var book in (RunBook[])[keeper.Book, RunBook.Of(keeper.Book.ToSnapshot())])
            Assert.Equal((TimeSpan.FromHours(3), begun.Describe()), (book.ToRow().LastLeadTime, book.ToRow().BegunFrom));
    }

    [Fact]
    public void A_batch_that_had_ended_before_is_granted_to_nobody_and_a_run_of_such_alone_is_closed()
    {
        var keeper = new PureKeeper();
        keeper.Open([new(new(0, 0), 3, HasEnded: true), new(new(1, 1), 2)]);
        Assert.Equal((BatchState.Completed, 3), (keeper.Batch(0).State, keeper.Batch(0).Epoch));
        Assert.Equal([1], keeper.Book.Waiting);
        Assert.Equal(new BatchCounts(1, 0, 1, 0, 0), keeper.Book.Counts);

        var whole = new PureKeeper();
        whole.Open([new(new(0, 0), 3, HasEnded: true), new(new(1, 1), 2, HasEnded: true)]);
        Assert.Equal([RunWork.Closing.First], whole.Book.Waiting);
        whole.Grant(RunWork.Closing, "a");
        var closing = Assert.IsType<ClosingGrant>(whole.Orders[^1].Message);
        Assert.Empty(closing.Unfinished);
    }

    [Fact]
    public void A_batch_that_took_too_many_nodes_with_it_is_quarantined_and_a_session_counts_as_progress()
    {
        var keeper = PureKeeper.Opened(1, PureKeeper.Submission(quarantineAfter: 2));
        Lose();
        keeper.Report(0, keeper.Grant(0, "b"), Session("s1"));
        Assert.Equal(0, keeper.Batch(0).Losses);
        keeper.Decide(new NodeGone("b", false, "killed"));
        Assert.Equal(BatchState.Waiting, keeper.Batch(0).State);
        Lose();
        Assert.Equal(BatchState.Failed, keeper.Batch(0).State);
        Assert.StartsWith("quarantined after 2 nodes", keeper.Batch(0).Error, StringComparison.Ordinal);
        keeper.Finish();
        keeper.Decide(new RetryRun(PureKeeper.Id));
        Assert.Equal((BatchState.Waiting, 0), (keeper.Batch(0).State, keeper.Batch(0).Losses));

        void Lose()
        {
            keeper.Grant(0, "c");
            keeper.Decide(new NodeGone("c", false, "killed"));
        }
    }

    [Fact]
    public void An_opening_that_takes_nodes_with_it_fails_its_run()
    {
        var keeper = new PureKeeper(PureKeeper.Submission(quarantineAfter: 1));
        keeper.Grant(RunWork.Opening, "a");
        keeper.Decide(new NodeGone("a", false, "killed"));
        Assert.Equal(RunState.Failed, keeper.Book.State);
    }

    [Fact]
    public void What_a_leaving_node_had_waits_at_once_and_is_no_loss()
    {
        var keeper = PureKeeper.Opened(2);
        keeper.Grant(0, "a");
        keeper.Grant(1, "b");
        keeper.Decide(new NodeGone("a", true, "it left"));
        Assert.Equal((BatchState.Waiting, 0, BatchState.Granted), (keeper.Batch(0).State, keeper.Batch(0).Losses, keeper.Batch(1).State));
        Assert.Equal(AttemptOutcome.HandedBack, keeper.Batch(0).Attempts[^1].Outcome);
    }

    [Fact]
    public void A_batch_over_several_nodes_is_lost_with_any_of_them_and_its_supervisor_is_informed()
    {
        var keeper = PureKeeper.Opened(1, PureKeeper.Submission(slots: 2, spans: true));
        var epoch = keeper.Grant(0, "a", "b");
        Assert.Equal(["a", "b"], Assert.IsType<Grant>(keeper.Orders[^1].Message).Hosts.Select(h => h.Host));
        keeper.Decide(new NodeGone("b", false, "killed"));
        Assert.Equal(("a", epoch), (keeper.Orders[^1].Node, Assert.IsType<GrantWithdrawn>(keeper.Orders[^1].Message).GrantEpoch));
        Assert.Equal(BatchState.Waiting, keeper.Batch(0).State);
    }

    [Fact]
    public void A_grant_that_nobody_looks_after_is_granted_anew()
    {
        var keeper = PureKeeper.Opened(1);
        var epoch = keeper.Grant(0, "a");
        keeper.Decide(new GrantBroken(new(0, 0), epoch - 1, "an older one"));
        Assert.Equal(BatchState.Granted, keeper.Batch(0).State);
        keeper.Decide(new GrantBroken(new(0, 0), epoch, "its supervisor failed"));
        Assert.Equal((BatchState.Waiting, 1), (keeper.Batch(0).State, keeper.Batch(0).Losses));
    }

    [Fact]
    public void Replayed_or_taken_from_a_snapshot_the_book_is_the_same()
    {
        var keeper = PureKeeper.Opened(3);
        keeper.Report(0, keeper.Grant(0, "a"), Session("s1"));
        keeper.Report(1, keeper.Grant(1, "a"), new RankFailed(0, null, null, "died"));
        keeper.Decide(new PauseRun(PureKeeper.Id));
        keeper.Decide(new ResumeRun(PureKeeper.Id));
        keeper.Decide(new CancelRun(PureKeeper.Id));
        foreach (var book in new[] { keeper.Replayed(), RunBook.Of(keeper.Book.ToSnapshot()) })
        {
            Assert.Equal(JsonSerializer.Serialize(keeper.Book.ToSnapshot()), JsonSerializer.Serialize(book.ToSnapshot()));
            Assert.Equal(keeper.Book.ToRow(), book.ToRow());
            Assert.Equal((keeper.Book.Waiting, keeper.Book.Granted), (book.Waiting, book.Granted), SameSets);
        }
    }

    private static bool SameSets(
        (ImmutableSortedSet<int> Waiting, ImmutableSortedSet<int> Granted) a,
        (ImmutableSortedSet<int> Waiting, ImmutableSortedSet<int> Granted) b) =>
        a.Waiting.SetEquals(b.Waiting) && a.Granted.SetEquals(b.Granted);

    private static SessionCommitted Session(string name) => new(name, 1, TimeSpan.FromHours(6));

    private static long Acknowledged(object? answer) => Assert.IsType<ReportAcknowledged>(answer).Number;
}
