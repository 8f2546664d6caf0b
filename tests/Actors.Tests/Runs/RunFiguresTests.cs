using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Runs;

/// <summary>How far runs are, in numbers.</summary>
public sealed class RunFiguresTests : RegistryKit
{
    private static readonly TimeSpan Begun = TimeSpan.FromSeconds(10), Later = TimeSpan.FromSeconds(70);

    [Fact]
    public void A_running_run_is_listed_with_the_lead_time_that_all_its_batches_have_reached()
    {
        var id = Submit();
        Assert.Empty(Ask<RegistryFigures>(new TakeFigures()).Progress);
        var node = Node("a");
        node.Opens(id);
        var (first, second) = (node.Gets<Grant>(), node.Gets<Grant>());
        node.Tell(new BatchProgress(id, first.Batch, 4, TimeSpan.FromMinutes(12), 8));
        node.Tell(new BatchProgress(id, second.Batch, 6, TimeSpan.FromMinutes(18), 12));

        var run = Assert.Single(Ask<RegistryFigures>(new TakeFigures()).Progress);
        Assert.Equal((id, RunState.Running, TimeSpan.FromMinutes(12)), (run.Id, run.State, run.LeadTime));
        Assert.Equal((12 + 18) / 72.0, run.Done, 3);
        Assert.NotNull(run.SessionAge);
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(0, 0)]
    public void A_run_that_has_ended_stays_listed_for_a_while_with_its_last_figures(int minutes, int listed)
    {
        Begin(Times with { EndedRunsListedFor = TimeSpan.FromMinutes(minutes) });
        var id = Submit(watch: true);
        var node = Node("a");
        node.Opens(id, batches: 1);
        node.Ends(node.Gets<Grant>());
        node.Closes(id);
        FishForMessage(m => m is RunFinished);

        var runs = Ask<RegistryFigures>(new TakeFigures()).Progress;
        Assert.Equal(listed, runs.Count);
        Assert.All(runs, r => Assert.Equal((RunState.Completed, 1, null), (r.State, r.Done, r.SessionAge)));
    }

    [Fact]
    public void The_age_of_a_session_is_that_of_the_batch_that_has_gone_without_one_for_the_longest()
    {
        var (keeper, times) = (new PureKeeper(), new SessionTimes());
        keeper.Open([new(new(0, 3), 0), new(new(4, 7), 0)]);
        Assert.Null(times.Age(keeper.Book, Begun, Later));

        keeper.Grant(new MemberRange(0, 3), "a");
        keeper.Grant(new MemberRange(4, 7), "a");
        Assert.Equal(Later - Begun, times.Age(keeper.Book, Begun, Later));
        times.Record(Session(new(0, 3)), TimeSpan.FromSeconds(60));
        times.Record(Session(new(4, 7)), TimeSpan.FromSeconds(40));
        Assert.Equal(TimeSpan.FromSeconds(30), times.Age(keeper.Book, Begun, Later));
        times.Record(new BatchGranted(new(4, 7), 2, 2, [], default), TimeSpan.FromSeconds(65));
        Assert.Equal(TimeSpan.FromSeconds(10), times.Age(keeper.Book, Begun, Later));
        keeper.Report(new MemberRange(0, 3), 1, new BatchCompleted(24));
        Assert.Equal(TimeSpan.FromSeconds(5), times.Age(keeper.Book, Begun, Later));
    }

    private static SessionReported Session(MemberRange batch) => new(batch, 1, 1, "s1", 1, TimeSpan.Zero, default);
}
