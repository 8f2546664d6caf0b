using Akka.Persistence;
using Akka.Persistence.TestKit;
using Akka.TestKit.Xunit2;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Runs;

/// <summary>
/// A journal that fails, refuses or hangs: the keeper comes back, nothing that was acknowledged is lost, nothing is counted twice, and what
/// was not acknowledged is taken when it comes again.
/// </summary>
public sealed class JournalFailureTests : TestKit
{
    private const string Id = "winds-1";
    private static readonly RegistryTimes Times = RegistryTimes.Default with
    {
        FirstPause = TimeSpan.FromMilliseconds(10), LongestPause = TimeSpan.FromMilliseconds(50),
    };

    private readonly ITestJournal _journal;
    private int _epoch;

    public JournalFailureTests() : base(FailingJournal.Settings + "akka.loglevel = OFF") => _journal = FailingJournal.Of(Sys);

    [Fact]
    public async Task What_the_journal_has_not_taken_is_not_acknowledged_and_is_taken_when_it_comes_again()
    {
        var keeper = Opened();
        await _journal.OnWrite.Fail();
        keeper.Tell(Report(1));
        ExpectKeeperAway();
        await _journal.OnWrite.Pass();
        var back = Fish(a => a.HasBegun);
        Assert.Null(back.Book.Find(new(0, 1))!.Newest);
        Acknowledge(keeper, Report(1), 1);
        Acknowledge(keeper, Report(1), 1);
        Acknowledge(keeper, Report(2), 2);
    }

    [Fact]
    public async Task While_the_journal_is_away_the_keeper_tries_again_with_pauses_and_then_knows_all_that_it_acknowledged()
    {
        var keeper = Opened();
        Acknowledge(keeper, Report(1), 1);
        await _journal.OnRecovery.Fail();
        await _journal.OnWrite.Fail();
        keeper.Tell(Report(2));
        ExpectKeeperAway();
        ExpectKeeperAway();
        await _journal.OnWrite.Pass();
        await _journal.OnRecovery.Pass();
        var back = Fish(a => a.HasBegun);
        Assert.Equal("s1", back.Book.Find(new(0, 1))!.Newest!.Session);
        Acknowledge(keeper, Report(2), 2);
    }

    [Fact]
    public async Task A_grant_is_not_sent_before_the_journal_has_it()
    {
        var keeper = Opened();
        await _journal.OnWrite.Fail();
        keeper.Tell(new PlaceBatches(2, [new GrantBatch(new(2, 3), [new NodeShare("a", "a", "a", 1)])]));
        ExpectKeeperAway();
        await _journal.OnWrite.Pass();
        var back = Fish(a => a.HasBegun);
        Assert.Equal((BatchState.Waiting, 0, 0), (back.Book.Find(new(2, 3))!.State, back.Orders.Count, (int)back.Placed));
    }

    private static BatchReport Report(int number) => new(
        Id, new(0, 1), 1, number, new SessionCommitted($"s{number}", number, TimeSpan.FromHours(number)));

    /// <summary>A keeper of a run that is laid out, with one batch of two granted.</summary>
    private IActorRef Opened()
    {
        var keeper = Sys.ActorOf(RunKeeper.Props(new RunKeeperSetup(Id, PureKeeper.Submission(), TestActor, TimeProvider.System, Times)));
        Fish(a => a.HasBegun);
        Place(keeper, 1, RunWork.Opening);
        Acknowledge(keeper, new OpeningReport(Id, 1, 1, [new(new(0, 1), 0), new(new(2, 3), 0)]), 1);
        Place(keeper, 1, new MemberRange(0, 1));
        Assert.Equal(1, _epoch);
        return keeper;
    }

    private void Place(IActorRef keeper, long number, MemberRange batch)
    {
        keeper.Tell(new PlaceBatches(number, [new GrantBatch(batch, [new NodeShare("a", "a", "a", 1)])]));
        _epoch = Fish(a => a.Orders.Count > 0).Book.Find(batch)!.GrantEpoch;
    }

    private void Acknowledge(IActorRef keeper, object report, long number)
    {
        keeper.Tell(report, TestActor);
        var acknowledged = (ReportAcknowledged)FishForMessage(m => m is ReportAcknowledged or GrantWithdrawn);
        Assert.Equal(number, acknowledged.Number);
    }

    private void ExpectKeeperAway() => FishForMessage(m => m is KeeperStopped);

    private KeeperAdvanced Fish(Predicate<KeeperAdvanced> which) =>
        (KeeperAdvanced)FishForMessage(m => m is KeeperAdvanced advanced && which(advanced));
}
