using Akka.Cluster;
using Cairn.Actors.Runs;

namespace Cairn.Actors.Cluster;

/// <summary>Tells the registry what a seed sees of the cluster's members: who is silent, who answers again, who was removed.</summary>
internal sealed class NodeNotices : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly Dictionary<string, long> _silentSince = new(StringComparer.Ordinal);

    /// <param name="registry">Passes messages on to the registry, wherever that is.</param>
    /// <param name="time">Measures silence.</param>
    public NodeNotices(IActorRef registry, TimeProvider time)
    {
        Receive<ClusterEvent.UnreachableMember>(e => _silentSince.TryAdd(AddressOf(e.Member), time.GetTimestamp()));
        Receive<ClusterEvent.ReachableMember>(e =>
        {
            if (_silentSince.Remove(AddressOf(e.Member)))
            {
                registry.Tell(new NodeHeard(AddressOf(e.Member)));
            }
        });
        Receive<ClusterEvent.MemberRemoved>(e =>
        {
            _silentSince.Remove(AddressOf(e.Member));
            registry.Tell(new NodeRemoved(AddressOf(e.Member)));
        });
        Receive<Look>(_ =>
        {
            // Repeatedly: a registry that has just moved here must receive it too.
            foreach (var (address, since) in _silentSince)
            {
                registry.Tell(new NodeSilent(address, time.GetElapsedTime(since)));
            }
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
        Timers.StartPeriodicTimer(nameof(Look), new Look(), Every, Every);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private sealed record Look : INoSerializationVerificationNeeded;
}
