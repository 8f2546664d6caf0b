using System.Text;
using Cairn.Actors.Cluster;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Runs;

/// <summary>What the journal of a run keeps of its deadline.</summary>
public sealed class DeadlineJournalTests
{
    private static readonly DateTimeOffset Far = DateTimeOffset.UnixEpoch.AddDays(1), Past = DateTimeOffset.UnixEpoch.AddSeconds(-1);

    [Fact]
    public void A_deadline_is_met_with_the_member_that_was_lacking_and_that_is_journaled_once()
    {
        var keeper = PureKeeper.Opened(3, Due(Far, members: 2));
        keeper.Complete(new(0, 0), keeper.Grant(0, "a"));
        Assert.Equal((DeadlineState.OnTime, 1), Standing(keeper));
        keeper.Complete(new(1, 1), keeper.Grant(1, "a"));
        Assert.Equal((DeadlineState.Met, 2), Standing(keeper));
        keeper.Finish();

        var met = Assert.Single(keeper.Journal.OfType<DeadlineChanged>());
        Assert.Equal((DeadlineState.Met, Far, 2, 2), (met.State, met.Due, met.Members, met.Complete));
        Assert.Equal((DeadlineState.Met, 3), Standing(keeper));
    }

    [Fact]
    public void Members_that_are_complete_after_the_deadline_have_missed_it()
    {
        var keeper = PureKeeper.Opened(1, Due(Past, members: 1));
        keeper.Finish();

        Assert.Equal((DeadlineState.Missed, 1), Standing(keeper));
        Assert.Equal(RunState.Completed, keeper.Book.State);
    }

    [Fact]
    public void A_dropped_member_is_not_complete_and_a_run_that_ends_without_it_has_missed_its_deadline_before_its_end_is_journaled()
    {
        var keeper = new PureKeeper(Due(Far, members: 2));
        keeper.Open([new(new(0, 1), 0)]);
        var epoch = keeper.Grant(new MemberRange(0, 1), "a");
        keeper.Report(new MemberRange(0, 1), epoch, new MemberDropped(1, TimeSpan.Zero, "NaN"));
        keeper.Report(new MemberRange(0, 1), epoch, new MemberDropped(1, TimeSpan.Zero, "NaN"));
        keeper.Finish();

        Assert.Equal((DeadlineState.Missed, 1), Standing(keeper));
        Assert.IsType<RunClosed>(keeper.Journal[^1]);
        Assert.IsType<DeadlineChanged>(keeper.Journal[^2]);
    }

    [Fact]
    public void What_the_clock_says_is_journaled_once_and_not_after_it_is_settled()
    {
        var keeper = PureKeeper.Opened(1, Due(Far, members: 1));
        keeper.Decide(new DeadlineJudged(DeadlineState.AtRisk, Far.AddMinutes(1)));
        keeper.Decide(new DeadlineJudged(DeadlineState.AtRisk, Far.AddMinutes(2)));
        Assert.Equal(Far.AddMinutes(1), Assert.Single(keeper.Journal.OfType<DeadlineChanged>()).Expected);
        keeper.Complete(new(0, 0), keeper.Grant(0, "a"));
        keeper.Decide(new DeadlineJudged(DeadlineState.Missed, null));

        Assert.Equal((DeadlineState.Met, 1), Standing(keeper));
    }

    [Fact]
    public void A_retry_before_the_deadline_has_it_before_it_again()
    {
        var keeper = PureKeeper.Opened(1, Due(Far, members: 1));
        keeper.Report(0, keeper.Grant(0, "a"), new BatchFailed("blew up"));
        keeper.Finish();
        Assert.Equal(DeadlineState.Missed, keeper.Book.Deadline!.State);
        keeper.Decide(new RetryRun(PureKeeper.Id));
        Assert.Equal(DeadlineState.OnTime, keeper.Book.Deadline!.State);
        keeper.Finish();

        Assert.Equal((DeadlineState.Met, 1), Standing(keeper));
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(1, 2)]
    public void A_run_at_risk_has_at_least_the_priority_of_its_deadline_until_it_is_back_on_time(int raised, int priority)
    {
        var goal = new DeadlineGoal(Far, 1) { Priority = raised };
        var keeper = PureKeeper.Opened(2, PureKeeper.Submission(priority: 2, number: 2) with { Deadline = goal });
        var other = PureKeeper.Opened(2, PureKeeper.Submission(priority: 3));
        NodeRoom[] room = [new(new NodeInfo("a", "a", 1, "akka://a", "test", 1, false, ["cpu"], []), true, 0)];
        Assert.Equal((2, "winds-1"), First());
        keeper.Decide(new DeadlineJudged(DeadlineState.AtRisk, null));
        Assert.Equal((priority, priority > 3 ? "winds-2" : "winds-1"), First());
        keeper.Decide(new DeadlineJudged(DeadlineState.OnTime, null));
        Assert.Equal((2, "winds-1"), First());

        (int, string) First() =>
            (keeper.Book.ToRow().Priority, Assert.Single(Placement.Place([other.Book, keeper.Book], room)).RunId);
    }

    [Theory]
    [InlineData(10, 45, new[] { 9 })]
    [InlineData(10, 44, new[] { 9 })]
    [InlineData(10, 40, new[] { 8, 9 })]
    [InlineData(10, 46, new int[0])]
    [InlineData(10, 5, new[] { 3, 4, 5, 6, 7, 8, 9 })]
    public void Batches_that_nobody_began_and_that_are_not_needed_are_dropped_from_the_highest_numbers(
        int batches, int members, int[] dropped)
    {
        var keeper = OfFives(batches, members);
        Enumerable.Range(0, 3).ToList().ForEach(i => keeper.Grant(Five(i), "a"));
        keeper.Decide(new DeadlineJudged(DeadlineState.AtRisk, null));
        keeper.Decide(new GrantBatch(Five(9), [new NodeShare("b", "b", "b", 1)]));

        var gone = keeper.Book.Batches.Values.Where(b => b.State == BatchState.Dropped).Select(b => b.Batch.First / 5);
        Assert.Equal(dropped, gone);
        Assert.Equal(dropped.Length, keeper.Book.Counts.Dropped);
        keeper.Finish();
        Assert.Equal((RunState.Completed, DeadlineState.Met), (keeper.Book.State, keeper.Book.Deadline!.State));
        Assert.Equal(batches, keeper.Book.Counts.Total);
        Assert.Equal(keeper.Book.Counts, keeper.Replayed().Counts);
    }

    [Fact]
    public void A_batch_that_was_begun_stays_and_those_before_it_too_and_none_goes_where_too_many_are_lost()
    {
        var keeper = OfFives(4, 10);
        keeper.Grant(Five(3), "a");
        keeper.Decide(new NodeGone("a", false, "lost"));
        keeper.Decide(new DeadlineJudged(DeadlineState.AtRisk, null));
        Assert.DoesNotContain(keeper.Journal, e => e is BatchDropped);

        var lost = OfFives(2, 8);
        lost.Report(Five(0), lost.Grant(Five(0), "a"), new BatchFailed("blew up"));
        lost.Decide(new DeadlineJudged(DeadlineState.AtRisk, null));
        Assert.DoesNotContain(lost.Journal, e => e is BatchDropped);
    }

    [Fact]
    public void What_was_dropped_waits_again_when_there_is_time_for_it_and_not_once_the_run_is_closed()
    {
        var keeper = OfFives(4, 10);
        keeper.Decide(new DeadlineJudged(DeadlineState.AtRisk, null));
        Assert.Equal((2, 2), (keeper.Book.Counts.Dropped, keeper.Book.Counts.Waiting));
        keeper.Decide(new DeadlineJudged(DeadlineState.OnTime, null));
        Assert.Equal((0, 4), (keeper.Book.Counts.Dropped, keeper.Book.Counts.Waiting));
        keeper.Finish();
        Assert.Equal((RunState.Completed, 4), (keeper.Book.State, keeper.Book.Counts.Completed));
        Assert.Equal(keeper.Book.Counts, keeper.Replayed().Counts);
    }

    [Fact]
    public void The_closing_grant_has_the_number_of_remaining_members()
    {
        var keeper = OfFives(4, 10);
        Enumerable.Range(0, 2).ToList().ForEach(i => keeper.Complete(Five(i), keeper.Grant(Five(i), "a")));
        Assert.Equal(DeadlineState.Met, keeper.Book.Deadline!.State);
        Assert.Equal(2, keeper.Book.Counts.Waiting);

        keeper = OfFives(4, 10);
        keeper.Decide(new DeadlineJudged(DeadlineState.AtRisk, null));
        Enumerable.Range(0, 2).ToList().ForEach(i => keeper.Complete(Five(i), keeper.Grant(Five(i), "a")));
        keeper.Grant(RunWork.Closing, "a");
        var closing = Assert.IsType<ClosingGrant>(keeper.Orders[^1].Message);
        Assert.Equal((10, 0, 0), (closing.Members, closing.Unfinished.Count, closing.Failures.Count));
    }

    [Fact]
    public void A_run_ends_when_its_alerts_were_sent_or_have_failed()
    {
        var goal = new DeadlineGoal(Far, 1) { Webhook = "http://pager" };
        var keeper = PureKeeper.Opened(1, PureKeeper.Submission() with { Deadline = goal });
        keeper.Decide(new DeadlineJudged(DeadlineState.AtRisk, null));
        keeper.Complete(new(0, 0), keeper.Grant(0, "a"));
        keeper.Complete(RunWork.Closing, keeper.Grant(RunWork.Closing, "a"));
        Assert.False(keeper.Book.HasEnded);
        Assert.Equal([DeadlineState.AtRisk, DeadlineState.Met], keeper.Book.PendingAlerts.Select(a => a.Changed.State));

        keeper.Decide(new DeadlineAlerted(1, 4, "503"));
        keeper.Decide(new DeadlineAlerted(1, 1, null));
        Assert.False(keeper.Book.HasEnded);
        keeper.Decide(new DeadlineAlerted(2, 1, null));
        Assert.Equal(RunState.Completed, keeper.Book.State);
        Assert.Equal([(1, "503"), (2, null)], keeper.Journal.OfType<DeadlineTold>().Select(t => (t.Number, t.Error)));
        Assert.IsType<RunClosed>(keeper.Journal[^1]);
        Assert.Empty(keeper.Replayed().PendingAlerts);
    }

    [Fact]
    public void A_snapshot_keeps_pending_alerts()
    {
        var keeper = PureKeeper.Opened(1, PureKeeper.Submission() with { Deadline = new DeadlineGoal(Far, 1) { Command = ["page"] } });
        keeper.Decide(new DeadlineJudged(DeadlineState.AtRisk, Far));
        var bytes = CairnMessages.Table.Write(PackedSnapshot.Pack(keeper.Book.ToSnapshot()));
        var read = RunBook.Of(PackedSnapshot.Unpack<RunBookSnapshot>(CairnMessages.Table.Read("snapshot/1", bytes))!);

        Assert.Equal(keeper.Book.PendingAlerts, read.PendingAlerts);
        Assert.Equal((1, "page"), (read.DeadlineChanges, Assert.Single(read.Run!.Deadline!.Command!)));
    }

    [Fact]
    public void A_snapshot_and_the_journal_keep_it()
    {
        var keeper = PureKeeper.Opened(1, Due(Far, members: 1));
        keeper.Decide(new DeadlineJudged(DeadlineState.AtRisk, Far.AddMinutes(1)));
        keeper.Report(0, keeper.Grant(0, "a"), new MemberDropped(0, TimeSpan.Zero, "NaN"));
        var bytes = CairnMessages.Table.Write(PackedSnapshot.Pack(keeper.Book.ToSnapshot()));
        var read = RunBook.Of(PackedSnapshot.Unpack<RunBookSnapshot>(CairnMessages.Table.Read("snapshot/1", bytes))!);
        var replayed = keeper.Journal.Aggregate(RunBook.Empty, (book, happened) => book.Apply(happened));

        Assert.All([read, replayed], book => Assert.Equal(
            (keeper.Book.Deadline, 0), (book.Deadline, book.Batches[0].Whole)));
    }

    [Fact]
    public void Journals_that_are_older_than_deadlines_are_read_as_of_runs_without()
    {
        var old = CairnMessages.Table.Write(new RunSubmitted(PureKeeper.Submission(), Far));
        var text = Encoding.UTF8.GetString(old);
        var without = text.Replace(",\"deadline\":null", "", StringComparison.OrdinalIgnoreCase);
        var submitted = Assert.IsType<RunSubmitted>(CairnMessages.Table.Read("run-submitted/1", Encoding.UTF8.GetBytes(without)));
        var book = RunBook.Empty.Apply(submitted);

        Assert.DoesNotContain("deadline", without, StringComparison.OrdinalIgnoreCase);
        Assert.Equal((null, null), (book.Deadline, book.ToRow().Deadline));
        Assert.Empty(Deadlines.Take(book, new DeadlineJudged(DeadlineState.AtRisk, null), Far));
        Assert.Equal(1, new BatchEntry(new(0, 0), BatchState.Waiting, 0).Whole);
    }

    private static (DeadlineState, int) Standing(PureKeeper keeper) =>
        keeper.Book.ToRow().Deadline is { } standing ? (standing.State, standing.Complete) : default;

    private static MemberRange Five(int batch) => new(5 * batch, (5 * batch) + 4);

    /// <summary>A run with batches of five members, and more than are needed.</summary>
    private static PureKeeper OfFives(int batches, int needed)
    {
        var keeper = new PureKeeper(PureKeeper.Submission() with { Deadline = new DeadlineGoal(Far, needed) { DropLast = true } });
        keeper.Open([.. Enumerable.Range(0, batches).Select(i => new BatchOnDisk(Five(i), 0))]);
        return keeper;
    }

    private static RunSubmission Due(DateTimeOffset due, int members) =>
        PureKeeper.Submission() with { Deadline = new DeadlineGoal(due, members) };
}
