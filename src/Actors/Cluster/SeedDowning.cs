using Akka.Cluster;

namespace Cairn.Actors.Cluster;

/// <summary>Lets Akka.Cluster down members as <see cref="Downing"/> decides: on seeds a small actor does so, on workers nothing.</summary>
/// <param name="system">The member's system; its settings are under <c>cairn.cluster</c>.</param>
/// <param name="cluster">The member.</param>
public sealed class SeedDowning(ActorSystem system, Akka.Cluster.Cluster cluster) : IDowningProvider
{
    /// <summary>A seed's role.</summary>
    public const string SeedRole = "seed";

    /// <inheritdoc/>
    public TimeSpan DownRemovalMargin => system.Settings.Config.GetTimeSpan("cairn.cluster.removal-margin");

    /// <inheritdoc/>
    public Props? DowningActorProps => cluster.SelfRoles.Contains(SeedRole)
        ? DowningActor.Props(cluster, new(
            system.Settings.Config.GetTimeSpan("cairn.cluster.stable-after"), system.Settings.Config.GetTimeSpan("cairn.cluster.turn")))
        : null;
}

/// <summary>
/// Watches which members this seed reaches itself, and carries out what <see cref="Downing"/> decides. Reports about third members do not
/// count: a member that is cut off believes that all others are gone, and its reports may still arrive through others.
/// </summary>
internal sealed class DowningActor : ReceiveActor, IWithTimers
{
    private readonly Akka.Cluster.Cluster _cluster;
    private readonly DowningSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<UniqueAddress, TimeSpan> _lostSince = [];

    public DowningActor(Akka.Cluster.Cluster cluster, DowningSettings settings)
    {
        (_cluster, _settings) = (cluster, settings);
        Receive<Look>(_ => OnLook());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>It is time to see who is unreachable.</summary>
    private sealed class Look : INoSerializationVerificationNeeded
    {
        public static readonly Look Instance = new();
    }

    /// <summary>Makes one.</summary>
    public static Props Props(Akka.Cluster.Cluster cluster, DowningSettings settings) =>
        Akka.Actor.Props.Create(() => new DowningActor(cluster, settings));

    /// <inheritdoc/>
    protected override void PreStart() =>
        Timers.StartPeriodicTimer(nameof(Look), Look.Instance, TimeSpan.FromMilliseconds(250));

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private void OnLook()
    {
        var state = _cluster.State;
        Notice(state);
        if (_lostSince.Count > 0)
        {
            Decide(state);
        }
    }

    /// <summary>Whom this seed has lost sight of, and since when.</summary>
    private void Notice(ClusterEvent.CurrentClusterState state)
    {
        var lost = state.Unreachable.Where(m => !Sees(m.Address)).Select(m => m.UniqueAddress).ToHashSet();
        foreach (var found in _lostSince.Keys.Where(m => !lost.Contains(m)).ToList())
        {
            _lostSince.Remove(found);
        }

        foreach (var node in lost)
        {
            _lostSince.TryAdd(node, Now);
        }
    }

    private bool Sees(Address address) =>
        _cluster.FailureDetector.IsMonitoring(address) && _cluster.FailureDetector.IsAvailable(address);

    private void Decide(ClusterEvent.CurrentClusterState state)
    {
        switch (Downing.Decide(View(state), _settings))
        {
            case DowningDecision.Down down:
                foreach (var node in down.Nodes)
                {
                    _log.Info("{0} has been unreachable for {1:0.0} s and is removed: {2}.", node.Address,
                        (Now - _lostSince[node]).TotalSeconds, down.Because);
                    _cluster.Down(node.Address);
                }

                break;
            case DowningDecision.Leave leave:
                _log.Warning("This seed leaves the cluster, since others may continue without it: {0}. It joins again when it reaches "
                    + "them.",
                    leave.Because);
                Timers.Cancel(nameof(Look));
                _cluster.Down(_cluster.SelfAddress);
                break;
        }
    }

    private DowningView View(ClusterEvent.CurrentClusterState state)
    {
        // Akka keeps the number of a member's coming up to itself, and tells the order.
        var byAge = state.Members.OrderBy(m => m, Member.AgeOrdering).ToList();
        return new(_cluster.SelfUniqueAddress, [.. byAge.Select((m, age) => new DowningMember(
            m.UniqueAddress,
            m.HasRole(SeedDowning.SeedRole),
            m.Status is MemberStatus.Joining or MemberStatus.WeaklyUp ? int.MaxValue : age,
            m.Status,
            _lostSince.TryGetValue(m.UniqueAddress, out var since) ? Now - since : null))]);
    }
}
