using Akka.TestKit;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;
using Cairn.Actors.Nodes;
using Cairn.Actors.Runs;
using Cairn.Actors.Tests.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Nodes;

/// <summary>A node before a probe that stands for the registry.</summary>
public sealed class NodeSupervisorTests : TestKit
{
    private const string Run = "winds-1";
    private readonly StandInRun _run = new();
    private readonly TaskCompletionSource<NodeLeft> _left = new();
    private readonly TestProbe _registry;
    private readonly IActorRef _node;
    private int _nodes;

    public NodeSupervisorTests() : base(RegistryKit.Settings)
    {
        _registry = CreateTestProbe();
        var setup = new NodeSetup(Identity, _registry, new NodeRuns((_, _, _) => _run, isPatient: true))
        {
            HelloInterval = TimeSpan.FromMilliseconds(100), Left = left => _left.TrySetResult(left),
        };
        _node = Sys.ActorOf(NodeSupervisor.Props(setup), "node");
    }

    [Fact]
    public void It_says_what_it_is_and_what_it_holds_again_and_again()
    {
        var first = Hello();
        Assert.Equal(("n1", 1, 0), (first.Node.Id, first.Number, first.Holds.Count));
        _run.Wait.Reset();
        _node.Tell(new OpeningGrant(Run, 3, "", false));
        var held = Hello(h => h.Holds.Count == 1).Holds[0];
        Assert.Equal(new HeldGrant(Run, RunWork.Opening, 3, false, false), held);
        _run.Wait.Set();
    }

    [Fact]
    public void An_opening_is_done_once_and_told_until_it_is_known()
    {
        _node.Tell(new OpeningGrant(Run, 1, "", false));
        _node.Tell(new OpeningGrant(Run, 1, "", false));
        var report = Fish<OpeningReport>();
        Assert.Equal(1, report.Number);
        Assert.Equal(_run.Batches, report.Batches);
        Assert.Equal(1, Fish<OpeningReport>().Number);
        Reply(new ReportAcknowledged(Run, RunWork.Opening, 1, 1));
        Hello(h => h.Holds.Count == 0);
        _node.Tell(new OpeningGrant(Run, 1, "", false));
        Hello(h => h.Holds.Count == 0);
        Assert.Equal(1, _run.Opened);
    }

    [Fact]
    public void An_opening_that_cannot_be_done_is_refused_with_what_can_be_done_about_it()
    {
        _run.Error = new SpecException("the model has no such variable");
        _node.Tell(new OpeningGrant(Run, 1, "", false));
        var refused = Fish<OpeningRefused>();
        Assert.Equal((RefusalKind.Spec, "the model has no such variable"), (refused.Kind, refused.Reason));
    }

    [Fact]
    public void What_another_process_keeps_from_being_done_is_tried_again_until_the_grant_is_withdrawn()
    {
        _run.Error = new FencedException("another process is at it");
        _node.Tell(new OpeningGrant(Run, 1, "", false));
        AwaitAssert(() => Assert.True(_run.Opened > 1));
        _node.Tell(new GrantWithdrawn(Run, RunWork.Opening, 1, "it is another's"));
        Hello(h => h.Holds.Count == 0);
        _run.Error = null;
        _node.Tell(new OpeningGrant(Run, 2, "", false));
        Assert.Equal(2, Fish<OpeningReport>().GrantEpoch);
    }

    [Fact]
    public void A_batch_of_a_run_that_cannot_be_had_here_has_failed()
    {
        _run.Error = new DataException("the weights are damaged");
        _node.Tell(new Grant(Run, new(0, 1), 4, "", null, Paused: false));
        var report = Fish<BatchReport>();
        Assert.Equal((4, 1L), (report.GrantEpoch, report.Number));
        Assert.Contains("damaged", Assert.IsType<BatchFailed>(report.Event).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_closing_reports_what_happens_and_its_end_last()
    {
        _run.Tells = new PictureDrawn("p.png", 3);
        _node.Tell(new ClosingGrant(Run, 2, "", [], [], 7));
        Assert.IsType<PictureDrawn>(Fish<BatchReport>().Event);
        Assert.Equal(2, Fish<ClosingReport>().Number);
        Assert.Equal(7, _run.Closed!.Steps);
    }

    [Fact]
    public async Task A_node_that_drains_hands_back_what_it_holds_and_leaves_when_that_is_known()
    {
        _run.Error = new FencedException("it waits");
        _node.Tell(new OpeningGrant(Run, 1, "", false));
        AwaitAssert(() => Assert.True(_run.Opened > 0));
        _node.Tell(new NodeDrain("asked to end"));
        Assert.True(Hello(h => h.IsDraining).Holds[0].Halting);
        Assert.IsType<BatchStopped>(Fish<BatchReport>().Event);
        _node.Tell(new Grant(Run, new(0, 1), 1, "", null, Paused: false));
        Assert.Equal(new MemberRange(0, 1), ((BatchReport)_registry.FishForMessage(
            m => m is BatchReport { Event: BatchStopped } report && report.Batch != RunWork.Opening)).Batch);
        Reply(new ReportAcknowledged(Run, new(0, 1), 1, 1));
        _node.Tell(new ReportAcknowledged(Run, RunWork.Opening, 1, 1));
        _registry.FishForMessage(m =>
        {
            if (m is BatchReport { Event: BatchStopped } report)
                _registry.LastSender.Tell(new ReportAcknowledged(Run, report.Batch, report.GrantEpoch, report.Number));

            return m is NodeLeaves;
        });
        Assert.False(_left.Task.IsCompleted);
        _node.Tell(new NodeKnown("r", 0));
        Assert.Equal("asked to end", (await _left.Task.WaitAsync(TimeSpan.FromSeconds(20))).Reason);
    }

    [Fact]
    public void A_node_that_was_dismissed_comes_again_as_another_with_nothing_in_its_hands()
    {
        _run.Wait.Reset();
        _node.Tell(new OpeningGrant(Run, 1, "", false));
        Hello(h => h.Holds.Count == 1);
        _node.Tell(new NodeDismissed("somebody", "not this one"));
        _node.Tell(new NodeDismissed("n1", "it was removed"));
        var again = Hello(h => h.Node.Id != "n1");
        Assert.Equal(("n2", 1L, 0), (again.Node.Id, again.Number, again.Holds.Count));
        _run.Wait.Set();
    }

    [Fact]
    public void A_grant_whose_supervisor_failed_is_told_as_broken_until_it_is_withdrawn()
    {
        // What it is given is no run's parts, which its supervisor trips over.
        _run.IsBroken = true;
        _node.Tell(new Grant(Run, new(0, 1), 1, "", null, Paused: false));
        var broken = Hello(h => h.Holds is [{ Broken: not null }]).Holds[0];
        Assert.Equal((new MemberRange(0, 1), 1), (broken.Batch, broken.GrantEpoch));
        _node.Tell(new GrantWithdrawn(Run, new(0, 1), 1, "it is granted again"));
        Hello(h => h.Holds.Count == 0);
    }

    private NodeInfo Identity() => new($"n{++_nodes}", "host", 1, "", "test", 2, false, ["cpu"], []);

    private NodeHello Hello(Predicate<NodeHello>? which = null) =>
        (NodeHello)_registry.FishForMessage(m => m is NodeHello hello && (which is null || which(hello)));

    private T Fish<T>() => (T)_registry.FishForMessage(m => m is T);

    private void Reply(object message) => _registry.LastSender.Tell(message);

    /// <summary>A run that does only what a test says.</summary>
    private sealed class StandInRun : INodeRun
    {
        public ManualResetEventSlim Wait { get; } = new(true);

        public IReadOnlyList<BatchOnDisk> Batches { get; } = [new(new(0, 1), 5)];

        public Exception? Error { get; set; }

        public bool IsBroken { get; set; }

        public RunEvent? Tells { get; set; }

        public int Opened { get; private set; }

        public ClosingGrant? Closed { get; private set; }

        public RunEventRouter Observer { get; } = new(new Events());

        public IReadOnlyList<BatchOnDisk> Open()
        {
            Opened++;
            Wait.Wait();
            return Error is { } error ? throw error : Batches;
        }

        public (RunContext Run, Props Launcher) Attach() =>
            Error is { } error ? throw error : (null!, Props.Create(() => new BlackHoleActor()));

        public void Close(ClosingGrant grant)
        {
            Closed = grant;
            if (Tells is { } happened)
                Observer.On(happened);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
