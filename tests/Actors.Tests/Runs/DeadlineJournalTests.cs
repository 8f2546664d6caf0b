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
    public void A_dropped_member_is_not_complete_and_a_run_that_ends_without_has_missed_its_deadline_before_its_end_is_told()
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

    private static RunSubmission Due(DateTimeOffset due, int members) =>
        PureKeeper.Submission() with { Deadline = new DeadlineGoal(due, members) };
}
