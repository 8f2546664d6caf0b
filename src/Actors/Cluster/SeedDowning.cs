using Akka.Cluster;

namespace Cairn.Actors.Cluster;

/// <summary>Lets Akka.Cluster down members as <see cref="Downing"/> decides: on seeds a small actor does so, on workers nothing.</summary>
/// <param name="system">The member's system; its settings are under <c>cairn.cluster</c>.</param>
public sealed class SeedDowning(ActorSystem system, Akka.Cluster.Cluster cluster) : IDowningProvider
{
    /// <summary>A seed's role.</summary>
    public const string SeedRole = "seed";

    public TimeSpan DownRemovalMargin => system.Settings.Config.GetTimeSpan("cairn.cluster.removal-margin");

    public Props? DowningActorProps => cluster.SelfRoles.Contains(SeedRole)
        ? DowningActor.Props(cluster, new(
            system.Settings.Config.GetTimeSpan("cairn.cluster.stable-after"), system.Settings.Config.GetTimeSpan("cairn.cluster.turn")))
        : null;
}

/// <summary>
/// Watches which members this seed itself reaches, and carries out what <see cref="Downing"/> decides. Other members' reachability reports
/// do not count: a member that is cut off reports all others as gone, and its reports may still arrive indirectly.
/// </summary>
internal sealed class DowningActor : ReceiveActor, IWithTimers
{
    private readonly Akka.Cluster.Cluster _cluster;
    private readonly DowningSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<UniqueAddress, TimeSpan> _unreachableSince = [];

    public DowningActor(Akka.Cluster.Cluster cluster, DowningSettings settings)
    {
        (_cluster, _settings) = (cluster, settings);
        Receive<Check>(_ => OnCheck());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private sealed class Check : INoSerializationVerificationNeeded
    {
        public static readonly Check Instance = new();
    }

    public static Props Props(Akka.Cluster.Cluster cluster, DowningSettings settings) =>
        Akka.Actor.Props.Create(() => new DowningActor(cluster, settings));

    protected override void PreStart() =>
        Timers.StartPeriodicTimer(nameof(Check), Check.Instance, TimeSpan.FromMilliseconds(250));

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private void OnCheck()
    {
        var state = _cluster.State;
        UpdateUnreachable(state);
        if (_unreachableSince.Count > 0)
            Decide(state);
    }

    private void UpdateUnreachable(ClusterEvent.CurrentClusterState state)
    {
        var lost = state.Unreachable.Where(m => !IsReachable(m.Address)).Select(m => m.UniqueAddress).ToHashSet();
        foreach (var found in _unreachableSince.Keys.Where(m => !lost.Contains(m)).ToList())
            _unreachableSince.Remove(found);

        foreach (var node in lost)
            _unreachableSince.TryAdd(node, Now);
    }

    private bool IsReachable(Address address) =>
        _cluster.FailureDetector.IsMonitoring(address) && _cluster.FailureDetector.IsAvailable(address);

    private void Decide(ClusterEvent.CurrentClusterState state)
    {
        switch (Downing.Decide(View(state), _settings))
        {
            case DowningDecision.Down down:
                foreach (var node in down.Nodes)
                {
                    _log.Info("{0} has been unreachable for {1:0.0} s and is removed: {2}.", node.Address,
                        (Now - _unreachableSince[node]).TotalSeconds, down.Because);
                    _cluster.Down(node.Address);
                }

                break;
            case DowningDecision.Leave leave:
                _log.Warning("This seed leaves the cluster, since others may continue without it: {0}. It joins again when it reaches "
                    + "them.",
                    leave.Because);
                Timers.Cancel(nameof(Check));
                _cluster.Down(_cluster.SelfAddress);
                break;
        }
    }

    private DowningView View(ClusterEvent.CurrentClusterState state)
    {
        // Akka does not expose a member's up-number, only the order.
        var byAge = state.Members.OrderBy(m => m, Member.AgeOrdering).ToList();
        return new(_cluster.SelfUniqueAddress, [.. byAge.Select((m, age) => new DowningMember(
            m.UniqueAddress,
            m.HasRole(SeedDowning.SeedRole),
            m.Status is MemberStatus.Joining or MemberStatus.WeaklyUp ? int.MaxValue : age,
            m.Status,
            _unreachableSince.TryGetValue(m.UniqueAddress, out var since) ? Now - since : null))]);
    }
}
