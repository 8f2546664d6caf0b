using System.Text.Json.Serialization;
using Akka.Cluster;
using Akka.Remote;

namespace Cairn.Actors.Cluster;

/// <summary>Asks a seed whether its cluster has this member.</summary>
internal sealed record AskMembership(string Address, int Uid);

/// <summary>Answers <see cref="AskMembership"/>.</summary>
internal sealed record Membership(bool IsUp, bool IsMember);

/// <summary>The messages about membership.</summary>
internal static class MembershipMessageList
{
    public static MessageList List { get; } = new(
        MembershipJson.Default,
        MessageManifest.Of<AskMembership>("ask-membership"),
        MessageManifest.Of<Membership>("membership"));
}

[JsonSerializable(typeof(AskMembership))]
[JsonSerializable(typeof(Membership))]
internal sealed partial class MembershipJson : JsonSerializerContext;

/// <summary>
/// Detects that the cluster continues without this node: it was removed while it was cut off or suspended, or its seeds have started a new
/// cluster. The node then leaves its old cluster, and its process joins again.
/// </summary>
internal sealed class MembershipWatch : ReceiveActor, IWithTimers
{
    /// <summary>Its name under <c>/user</c>, where seeds answer.</summary>
    public const string Name = "membership";

    private const int ChecksBeforeWarning = 5, ChecksBeforeFounding = 10, ChecksWithoutAnswer = 4;
    private const int MaxUnheardAnswers = 3, MaxAskers = 10_000;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly HashSet<Address> _seeds;
    private readonly Dictionary<AskMembership, int> _nonMembers = [];
    private readonly bool _mayFound;
    private bool _isKnown;
    private int _checks, _unanswered;

    public MembershipWatch(IEnumerable<Address> seeds, bool mayFound)
    {
        (_seeds, _mayFound) = ([.. seeds], mayFound);
        Receive<ClusterEvent.MemberUp>(e =>
        {
            if (e.Member.HasRole(SeedDowning.SeedRole))
                _seeds.Add(e.Member.Address);
        });
        Receive<ClusterEvent.MemberDowned>(e => EndIfSelf(e.Member.UniqueAddress));
        Receive<AskMembership>(Answer);
        Receive<Membership>(answer =>
        {
            (_isKnown, _unanswered) = (_isKnown || answer.IsMember, 0);
            LeaveIf(answer is { IsUp: true, IsMember: false }, $"{Sender.Path.Address} no longer knows it");
        });
        Receive<ThisActorSystemQuarantinedEvent>(e => LeaveIf(_seeds.Contains(e.RemoteAddress), $"{e.RemoteAddress} has removed it"));
        Receive<Check>(_ => OnCheck());
        ReceiveAny(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private sealed class Check : INoSerializationVerificationNeeded
    {
        public static readonly Check Instance = new();
    }

    private bool IsUp => _cluster.SelfMember.Status == MemberStatus.Up;

    private bool IsJoining => _cluster.SelfMember.Status == MemberStatus.Joining;

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.MemberUp), typeof(ClusterEvent.MemberDowned));
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        Timers.StartPeriodicTimer(nameof(Check), Check.Instance, Every);
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        Context.System.EventStream.Unsubscribe(Self);
    }

    /// <summary>
    /// A node that learns that it is no member leaves. If it keeps asking, this seed's answers go to a connection that it does not read.
    /// </summary>
    private void Answer(AskMembership ask)
    {
        var isMember = _cluster.State.Members.Any(m => m.UniqueAddress.Uid == ask.Uid && $"{m.Address}" == ask.Address);
        if (!IsUp || isMember)
        {
            _nonMembers.Remove(ask);
        }
        else if ((_nonMembers[ask] = _nonMembers.GetValueOrDefault(ask) + 1) > MaxUnheardAnswers)
        {
            _nonMembers.Remove(ask);
            _log.Warning("{0} does not hear that it is no member any more: the connection to it is made anew.", ask.Address);
            Reconnect([Address.Parse(ask.Address)]);
        }

        if (_nonMembers.Count > MaxAskers)
            _nonMembers.Clear();

        Sender.Tell(new Membership(IsUp, isMember));
    }

    private void OnCheck()
    {
        if (++_checks == ChecksBeforeWarning && !IsUp)
        {
            _log.Warning("No cluster has accepted this node yet. It keeps trying {0}.",
                _seeds.Count == 0 ? "the members that it knew" : string.Join(", ", _seeds.Select(s => $"{s.Host}:{s.Port}")));
        }

        if (_mayFound && _checks == ChecksBeforeFounding && _cluster.State.Members.IsEmpty)
        {
            _log.Warning("The members that this seed knew do not accept it: it starts a new cluster, and they join it.");
            _cluster.Join(_cluster.SelfAddress);
        }

        // Not earlier: a seed may not know yet that this node is joining through another one.
        if ((IsUp || (IsJoining && _checks > ChecksBeforeWarning)) && !_cluster.SelfRoles.Contains(SeedDowning.SeedRole))
            Ask();
    }

    /// <summary>Asks one seed in turn while they know this node, and all seeds if none has confirmed that since the last check.</summary>
    private void Ask()
    {
        if (_unanswered++ == ChecksWithoutAnswer)
        {
            _unanswered = 0;
            Reconnect(_seeds);
        }

        List<Address> all = [.. _seeds];
        foreach (var seed in _isKnown ? [all[_checks % all.Count]] : all)
        {
            Context.ActorSelection($"{seed}/user/{Name}").Tell(
                new AskMembership($"{_cluster.SelfAddress}", _cluster.SelfUniqueAddress.Uid));
        }

        _isKnown = false;
    }

    /// <summary>
    /// Drops connections. If a seed restarts at its address and both sides connect at once, Akka's remoting may keep two connections, with
    /// each side reading the one that the other does not write to.
    /// </summary>
    private static void Reconnect(IEnumerable<Address> nodes)
    {
        var remoting = (IRemoteActorRefProvider)((ExtendedActorSystem)Context.System).Provider;
        foreach (var node in nodes)
        {
            // Without a uid this quarantines no node: it closes the connections, and the next message opens new ones.
            remoting.Quarantine(node, null);
        }
    }

    private void LeaveIf(bool isOut, string because)
    {
        if (isOut && (IsUp || IsJoining))
        {
            _log.Warning("The cluster continues without this node: {0}. It stops its batches and joins again.", because);
            Timers.Cancel(nameof(Check));
            _cluster.Down(_cluster.SelfAddress);
        }
    }

    /// <summary>A downed node ends at once: Akka would first inform members, which may be unreachable.</summary>
    private void EndIfSelf(UniqueAddress downed)
    {
        if (downed.Equals(_cluster.SelfUniqueAddress))
            CoordinatedShutdown.Get(Context.System).Run(CoordinatedShutdown.ClusterDowningReason.Instance);
    }
}
