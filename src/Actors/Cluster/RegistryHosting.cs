using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Persistence;
using Cairn.Actors.Nodes;
using Cairn.Actors.Runs;

namespace Cairn.Actors.Cluster;

/// <summary>Adds the registry of runs, or a proxy of it, to a node's actor system, as <see cref="RunRegistry"/>.</summary>
public static class RegistryHosting
{
    /// <summary>The registry's name; the singleton's manager on each seed, and the proxies before it, are named by it.</summary>
    private const string Name = "runs";

    /// <summary>A seed: one of them has the registry, and all tell it what they see of the cluster.</summary>
    public static AkkaConfigurationBuilder WithRegistry(this AkkaConfigurationBuilder akka, RegistrySetup setup) => akka
        .WithSingleton<RunRegistry>(Name, RunRegistry.Props(setup), new ClusterSingletonOptions { Role = SeedDowning.SeedRole })
        .WithActors((system, actors) =>
        {
            var registry = actors.Get<RunRegistry>();
            var time = setup.Time;
            system.ActorOf(Props.Create(() => new NodeNotices(registry, time)), "notices");
            StartStandby(system);
        });

    /// <summary>A seed that is not the oldest may have to take over later.</summary>
    private static void StartStandby(ActorSystem system)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        cluster.RegisterOnMemberUp(() =>
        {
            var oldest = cluster.State.Members.Where(m => m.HasRole(SeedDowning.SeedRole) && m.Status == MemberStatus.Up)
                .Order(Member.AgeOrdering).FirstOrDefault();
            if (oldest is not null && !oldest.UniqueAddress.Equals(cluster.SelfUniqueAddress))
                system.ActorOf(Props.Create<StandbySeed>(), "standby");
        });
    }

    /// <summary>A worker: a way to the registry.</summary>
    public static AkkaConfigurationBuilder WithRegistryProxy(this AkkaConfigurationBuilder akka) =>
        akka.WithSingletonProxy<RunRegistry>(Name, new ClusterSingletonOptions { Role = SeedDowning.SeedRole });

    /// <summary>A worker's node, once there is a way to the registry.</summary>
    /// <param name="akka">The system's builder.</param>
    /// <param name="certificate">What processes of ranks show.</param>
    /// <param name="options">The node's options.</param>
    /// <param name="say">Tells the node's user a line.</param>
    /// <param name="begun">Is given the node.</param>
    public static AkkaConfigurationBuilder WithWorker(
        this AkkaConfigurationBuilder akka, ClusterCertificate certificate, WorkerOptions options, Action<NodeLine> say,
            Action<WorkerNode> begun) =>
        akka.WithRegistryProxy().WithActors((system, actors) =>
        {
            var self = Akka.Cluster.Cluster.Get(system).SelfUniqueAddress;
            begun(new WorkerNode(system, actors.Get<RunRegistry>(), $"{self.Address}#{self.Uid}", certificate, options, say));
        });
}

/// <summary>Reports to the registry what a seed sees of the cluster's members: which are silent, reachable again, or removed.</summary>
internal sealed class NodeNotices : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly Dictionary<string, long> _silentSince = new(StringComparer.Ordinal);

    public NodeNotices(IActorRef registry, TimeProvider time)
    {
        Receive<ClusterEvent.UnreachableMember>(e => _silentSince.TryAdd(AddressOf(e.Member), time.GetTimestamp()));
        Receive<ClusterEvent.ReachableMember>(e =>
        {
            if (_silentSince.Remove(AddressOf(e.Member)))
                registry.Tell(new NodeHeard(AddressOf(e.Member)));
        });
        Receive<ClusterEvent.MemberRemoved>(e =>
        {
            _silentSince.Remove(AddressOf(e.Member));
            registry.Tell(new NodeRemoved(AddressOf(e.Member)));
        });
        Receive<Tick>(_ =>
        {
            // Repeated, for a registry that has just started here.
            foreach (var (address, since) in _silentSince)
                registry.Tell(new NodeSilent(address, time.GetElapsedTime(since)));
        });
        ReceiveAny(static _ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The address of a node as it registers: with its process's uid.</summary>
    public static string AddressOf(Member member) => $"{member.Address}#{member.UniqueAddress.Uid}";

    protected override void PreStart()
    {
        _cluster.Subscribe(
            Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IReachabilityEvent), typeof(ClusterEvent.MemberRemoved));
        Timers.StartPeriodicTimer(nameof(Tick), new Tick(), Every, Every);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private sealed record Tick : INoSerializationVerificationNeeded;
}

/// <summary>
/// Reads the registry's journal once when a seed starts beside another. This warms up a takeover, whose first read takes seconds on a busy
/// machine, and reports a database that this seed cannot reach while another seed is still running.
/// </summary>
internal sealed class StandbySeed : ReceivePersistentActor
{
    private readonly RunIndex _index = new();

    public StandbySeed()
    {
        Recover<SnapshotOffer>(_index.Restore);
        Recover<RegistryEvent>(_index.Apply);
        Recover<RecoveryCompleted>(_ => Context.Stop(Self));
    }

    public override string PersistenceId => RunRegistry.JournalId;

    protected override void OnRecoveryFailure(Exception reason, object? message = null) => Log.Warning(
        "This seed could not take over now: it cannot read the journal of runs ({0}). Is it the same journal as that of the other seeds, "
        + "and does its database answer?", reason.Message);
}
