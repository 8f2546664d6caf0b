using System.Collections.Concurrent;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Cairn.Actors.Cluster;
using Cairn.Actors.Members;
using Cairn.Actors.Ranks;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Ranks;

/// <summary>How a process of ranks comes to its node, and when it gives up; a probe stands for the node, and time is virtual.</summary>
public sealed class NodeLinkTests : TestKit
{
    private static readonly Config Virtual = ConfigurationFactory.ParseString("""
        akka {
          loglevel = WARNING
          scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
          # Longer than any machine takes: only a test that fails waits so long.
          test { single-expect-default = 30s, filter-leeway = 30s }
        }
        """);

    private readonly ClusterCertificate _certificate = ClusterCertificate.Create();
    private readonly ConcurrentQueue<RunEvent> _observed = new();
    private readonly BlockingCollection<int> _left = [];
    private readonly TestProbe _node;

    public NodeLinkTests() : base(
        ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(Virtual.WithFallback(CairnSerializer.EveryMessage).WithFallback(DefaultConfig))),
        "link") => _node = CreateTestProbe("node");

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void A_process_that_waits_for_MPI_to_start_the_slowest_rank_is_not_given_up()
    {
        var link = Start();

        Scheduler.Advance(TimeSpan.FromMinutes(10));
        link.Tell(new NodeLink.Ready(null));

        Assert.Equal("token", _node.ExpectMsg<RankHello>().Token);
        Assert.Empty(_left);
    }

    [Fact]
    public void A_node_that_does_not_let_it_in_is_given_up()
    {
        var link = Start();
        link.Tell(new NodeLink.Ready(null));
        _node.ExpectMsg<RankHello>();

        Scheduler.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(RankProcess.OrderedExitCode, Left());
        Assert.Contains(
            "did not accept this process within 30 s", Assert.IsType<RunWarning>(_observed.First()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void It_exits_when_its_node_orders_it_or_is_gone_but_not_on_another_actors_order()
    {
        var link = Start();
        link.Tell(new NodeLink.Ready(null));
        _node.ExpectMsg<RankHello>();

        link.Tell(new ExitProcess(3), CreateTestProbe("outsider").Ref);
        AwaitProcessed(link);
        Assert.Empty(_left);
        link.Tell(new ExitProcess(0), _node.Ref);
        Assert.Equal(0, Left());
        _node.Ref.Tell(PoisonPill.Instance);
        Assert.Equal(RankProcess.OrderedExitCode, Left());
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _certificate.Dispose();
        _left.Dispose();
    }

    /// <summary>A process that has found its node.</summary>
    private IActorRef Start()
    {
        var place = new RankEnvironment(_node.Ref.Path, "token", _certificate, null);
        var link = Sys.ActorOf(NodeLink.Props(place, new Observer(_observed), _left.Add));
        AwaitProcessed(link);
        // Its question is put by a timer.
        Scheduler.Advance(TimeSpan.FromMilliseconds(1));
        AwaitProcessed(link);
        AwaitProcessed(_node.Ref);
        AwaitProcessed(link);
        return link;
    }

    private int Left()
    {
        Assert.True(_left.TryTake(out var code, TimeSpan.FromSeconds(30)));
        return code;
    }

    /// <summary>Waits until an actor has processed all earlier messages.</summary>
    private void AwaitProcessed(IActorRef actor)
    {
        var probe = CreateTestProbe();
        actor.Tell(new Identify(null), probe.Ref);
        probe.ExpectMsg<ActorIdentity>();
    }

    private sealed class Observer(ConcurrentQueue<RunEvent> events) : IRunObserver
    {
        public void On(RunEvent runEvent) => events.Enqueue(runEvent);
    }
}
