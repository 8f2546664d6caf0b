using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Remote;
using Akka.Remote.Transport;
using Cairn.Actors.Cluster;
using Cairn.Engine.Settings;
using RemoteSettings = Cairn.Actors.Cluster.RemoteSettings;

namespace Cairn.Actors.Tests.Cluster;

/// <summary>
/// The nodes of a cluster as actor systems of one process, on real sockets, that can be killed and cut off from each other.
/// </summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Config Breakable = ConfigurationFactory.ParseString("""
        akka.remote.dot-netty.tcp.applied-adapters = ["trttl"]
        akka.coordinated-shutdown.run-by-actor-system-terminate = off
        akka.loglevel = WARNING
        akka.loggers = []
        """);

    private readonly ClusterCertificate _certificate = ClusterCertificate.Create();
    private readonly List<ActorSystem> _nodes = [];

    /// <summary>Starts a node. It founds a cluster when it is first in the list, or the list is empty.</summary>
    public ActorSystem Start(string role, int port, params IEnumerable<Address> seeds) => Start(role, port, "", seeds);

    /// <summary>The same, with settings of Akka's that go before all others.</summary>
    public ActorSystem Start(string role, int port, string more, IEnumerable<Address> seeds)
    {
        var settings = new RemoteSettings(_certificate) { Port = port };
        var config = ConfigurationFactory.ParseString(more).WithFallback(Breakable)
            .WithFallback(MembershipSettings.Of(ClusterDetection.Fast, role));
        var node = ActorSystem.Create(MembershipSettings.SystemName, settings.For(config));
        _nodes.Add(node);
        Akka.Cluster.Cluster.Get(node).JoinSeedNodes([.. seeds.DefaultIfEmpty(AddressOf(node))]);
        return node;
    }

    public ActorSystem Seed(params IEnumerable<Address> others) => Start(SeedDowning.SeedRole, 0, others);

    public ActorSystem Worker(params IEnumerable<Address> seeds) => Start(MembershipSettings.WorkerRole, 0, seeds);

    public static Address AddressOf(ActorSystem node) => Akka.Cluster.Cluster.Get(node).SelfAddress;

    /// <summary>Has a node watch its membership, as each does.</summary>
    public static void Watch(ActorSystem node, Address seed) =>
        node.ActorOf(Props.Create(() => new MembershipWatch(new[] { seed }, false)), MembershipWatch.Name);

    /// <summary>What a node sees.</summary>
    public static ClusterEvent.CurrentClusterState Seen(ActorSystem node) => Akka.Cluster.Cluster.Get(node).State;

    /// <summary>Until a node sees just these, all up and reachable.</summary>
    public static Task Sees(ActorSystem node, params ActorSystem[] up) => Until(node, state =>
        state.Unreachable.Count == 0 && state.Members.Count == up.Length && state.Members.All(m => m.Status == MemberStatus.Up)
        && state.Members.Select(m => m.UniqueAddress).ToHashSet().SetEquals(up.Select(n => Akka.Cluster.Cluster.Get(n).SelfUniqueAddress)));

    /// <summary>Until what a node sees is as told.</summary>
    public static async Task Until(ActorSystem node, Func<ClusterEvent.CurrentClusterState, bool> isSo)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var watcher = node.ActorOf(Props.Create(() => new Watcher(isSo, reached)));
        try
        {
            await reached.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            var seen = string.Join(", ",
                Seen(node).Members.Select(m => $"{m} {(Seen(node).Unreachable.Contains(m) ? "unreachable" : "")}"));
            Assert.Fail($"After {Patience.TotalSeconds} s {AddressOf(node)} still sees {seen}.");
        }
        finally
        {
            node.Stop(watcher);
        }
    }

    /// <summary>Ends a node as kill -9 would: without a word to anyone.</summary>
    public static Task Kill(ActorSystem node) => node.Terminate();

    /// <summary>Cuts all connections between two groups of nodes, or lets them stand again.</summary>
    public static Task Cut(IEnumerable<ActorSystem> some, IEnumerable<ActorSystem> others, bool isCut = true) => Task.WhenAll(
        from one in some
        from other in others
        from pair in new[] { (At: one, To: other), (At: other, To: one) }
        select ((RemoteActorRefProvider)((ExtendedActorSystem)pair.At).Provider).Transport.ManagementCommand(new SetThrottle(
            AddressOf(pair.To), ThrottleTransportAdapter.Direction.Both, isCut ? Blackhole.Instance : Unthrottled.Instance)));

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(n => n.Terminate()));
        _certificate.Dispose();
    }

    private sealed class Watcher : ReceiveActor, IWithTimers
    {
        public Watcher(Func<ClusterEvent.CurrentClusterState, bool> isSo, TaskCompletionSource reached) => ReceiveAny(_ =>
        {
            if (isSo(Akka.Cluster.Cluster.Get(Context.System).State))
                reached.TrySetResult();
        });

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() =>
            Timers.StartPeriodicTimer("look", "look", TimeSpan.Zero, TimeSpan.FromMilliseconds(50));
    }
}
