using Cairn.Actors.Nodes;
using Cairn.Actors.Ranks;
using Cairn.Actors.Runs;
using Cairn.Actors.Tests.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Nodes;

/// <summary>
/// Several nodes before one registry, in one process, stepping one run: whatever becomes of them, its bytes are those of a calm one.
/// </summary>
public sealed class SharedRunTests : RegistryKit
{
    private static readonly string[] Length =
        ["lead-times.count=400", "output.every=20", "output.lead-times-per-chunk=1", "checkpoint.flush-interval=20"];

    private readonly List<NodeRuns> _loaded = [];

    [Fact]
    public async Task Two_nodes_step_one_run_to_the_bytes_of_one()
    {
        var calm = await Folder.CalmAsync(Length);
        var id = Submit("shared", watch: true, Length);
        Worker("a", slots: 1);
        Worker("b", slots: 1);
        Assert.Equal(RunState.Completed, Finished().State);
        Assert.Equal(SmallRun.Digests(calm), SmallRun.Digests(Folder.Spec("shared", Length)));
        Assert.Equal(2, Ask<BatchList>(new ListBatches(id, After: -1)).Batches.Select(b => b.Node).Distinct().Count());
        Assert.False(File.Exists(Path.Combine(Folder.Spec("shared").Checkpoint.Path, "run.owner")));
    }

    [Fact]
    public async Task A_node_that_is_lost_is_followed_by_another_from_its_newest_session()
    {
        var calm = await Folder.CalmAsync(Length);
        var id = Submit("lost", watch: true, Length);
        var a = Worker("a", slots: 2);
        FishForMessage(m => m is RunHappened { Event: SessionCommitted });
        Sys.Stop(a);
        Worker("b", slots: 2);
        Assert.Equal(RunState.Completed, Finished().State);
        Assert.Equal(SmallRun.Digests(calm), SmallRun.Digests(Folder.Spec("lost", Length)));
        var attempts = Ask<BatchList>(new ListBatches(id, After: -1)).Batches.SelectMany(b => b.Attempts).ToList();
        Assert.Contains(attempts, t => t is { Outcome: AttemptOutcome.Lost, Cause: "node a-0 was lost" });
        Assert.All(attempts.GroupBy(t => t.Node), node => Assert.All(node, t => Assert.True(t.Epoch > 0)));
    }

    [Fact]
    public async Task A_node_that_drains_hands_its_batches_to_another_and_nothing_is_stepped_twice()
    {
        var calm = await Folder.CalmAsync(Length);
        var id = Submit("drained", watch: true, Length);
        Worker("a", slots: 2);
        FishForMessage(m => m is RunHappened { Event: SessionCommitted });
        Ask<DrainAccepted>(new DrainNode("a-0"));
        FishForMessage(m => m is RunHappened { Event: BatchStopped });
        Worker("b", slots: 2);
        Assert.Equal(RunState.Completed, Finished().State);
        Assert.Equal(SmallRun.Digests(calm), SmallRun.Digests(Folder.Spec("drained", Length)));
        Assert.DoesNotContain(
            Ask<BatchList>(new ListBatches(id)).Batches.SelectMany(b => b.Attempts), t => t.Outcome == AttemptOutcome.Lost);
    }

    [Fact]
    public async Task Nodes_go_on_while_their_registry_is_away_and_report_to_the_next_one()
    {
        var calm = await Folder.CalmAsync(Length);
        var id = Submit("orphaned", watch: true, Length);
        Worker("a", slots: 2);
        FishForMessage(m => m is RunHappened { Event: SessionCommitted });
        Sys.ActorSelection(Registry.Path + "/registry").Tell(Kill.Instance, ActorRefs.NoSender);
        AwaitAssert(() => Assert.Equal(RunState.Completed, Ask<RunDescription>(new DescribeRun(id)).Run.State), TimeSpan.FromSeconds(40));
        Assert.Equal(SmallRun.Digests(calm), SmallRun.Digests(Folder.Spec("orphaned", Length)));
        Assert.All(Ask<BatchList>(new ListBatches(id)).Batches, b => Assert.Single(b.Attempts));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _loaded.ForEach(runs => runs.DisposeAsync().AsTask().GetAwaiter().GetResult());
    }

    private IActorRef Worker(string name, int slots)
    {
        var runs = new NodeRuns(
            (id, spec, fresh) => SharedRun.Load(
                id, spec, fresh, "the test", new LauncherChoice(null, Isolates: false), new Events()),
            isPatient: true);
        _loaded.Add(runs);
        var times = 0;
        var setup = new NodeSetup(
            () => new NodeInfo($"{name}-{times++}", name, 1, $"akka://{name}", "test", slots, false, ["cpu"], []), Registry, runs)
        {
            HelloInterval = TimeSpan.FromMilliseconds(100),
        };
        return Sys.ActorOf(NodeSupervisor.Props(setup), name);
    }

    private RunFinished Finished() => (RunFinished)FishForMessage(m => m is RunFinished, TimeSpan.FromSeconds(40));
}
