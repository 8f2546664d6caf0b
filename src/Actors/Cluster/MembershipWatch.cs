using System.Text.Json.Serialization;
using Akka.Cluster;
using Akka.Remote;

namespace Cairn.Actors.Cluster;

/// <summary>Asks a seed whether its cluster has this member.</summary>
/// <param name="Address">The asker's address.</param>
/// <param name="Uid">Tells the asker's process from an older one at the address.</param>
public sealed record AskMembership(string Address, int Uid);

/// <summary>Answers <see cref="AskMembership"/>.</summary>
/// <param name="IsUp">Whether the seed itself is up in a cluster.</param>
/// <param name="IsMember">Whether that has the asker.</param>
public sealed record Membership(bool IsUp, bool IsMember);

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
/// Detects that the cluster continues without this node: it was removed while it was cut off or suspended, or its seeds started a new
/// cluster, perhaps before it was up. The node then leaves its old cluster, and its process joins again.
/// </summary>
internal sealed class MembershipWatch : ReceiveActor, IWithTimers
{
    /// <summary>Its name under <c>/user</c>; seeds answer there.</summary>
    public const string Name = "membership";

    private const int LooksInPatience = 5, LooksBeforeFounding = 10, LooksWithoutAnswer = 4, AnswersUnheard = 3, MostAskers = 10_000;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly HashSet<Address> _seeds;
    private readonly Dictionary<AskMembership, int> _strangers = [];
    private readonly bool _mayFound;
    private bool _isKnown;
    private int _looks, _unanswered;

    /// <summary>Watches.</summary>
    /// <param name="seeds">The seeds that the node was given.</param>
    /// <param name="mayFound">
    /// Whether it is the only seed, and starts a new cluster when the members that it knew do not accept it: they cannot while one of them
    /// is dead, since workers decide about no member. They join it then.
    /// </param>
    public MembershipWatch(IEnumerable<Address> seeds, bool mayFound)
    {
        (_seeds, _mayFound) = ([.. seeds], mayFound);
        Receive<ClusterEvent.MemberUp>(e =>
        {
            if (e.Member.HasRole(SeedDowning.SeedRole))
            {
                _seeds.Add(e.Member.Address);
            }
        });
        Receive<ClusterEvent.MemberDowned>(e => EndIfSelf(e.Member.UniqueAddress));
        Receive<AskMembership>(Answer);
        Receive<Membership>(answer =>
        {
            (_isKnown, _unanswered) = (_isKnown || answer.IsMember, 0);
            LeaveIf(answer is { IsUp: true, IsMember: false }, $"{Sender.Path.Address} no longer knows it");
        });
        Receive<ThisActorSystemQuarantinedEvent>(e => LeaveIf(_seeds.Contains(e.RemoteAddress), $"{e.RemoteAddress} has removed it"));
        Receive<Look>(_ => OnLook());
        ReceiveAny(_ => { });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private sealed class Look : INoSerializationVerificationNeeded
    {
        public static readonly Look Instance = new();
    }

    private bool IsUp => _cluster.SelfMember.Status == MemberStatus.Up;

    private bool IsJoining => _cluster.SelfMember.Status == MemberStatus.Joining;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.MemberUp), typeof(ClusterEvent.MemberDowned));
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        Timers.StartPeriodicTimer(nameof(Look), Look.Instance, Every);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        Context.System.EventStream.Unsubscribe(Self);
    }

    /// <summary>
    /// A stranger that is told so leaves. One that goes on asking does not hear: this seed writes to a connection that nobody reads.
    /// </summary>
    private void Answer(AskMembership ask)
    {
        var isMember = _cluster.State.Members.Any(m => m.UniqueAddress.Uid == ask.Uid && $"{m.Address}" == ask.Address);
        if (!IsUp || isMember)
        {
            _strangers.Remove(ask);
        }
        else if ((_strangers[ask] = _strangers.GetValueOrDefault(ask) + 1) > AnswersUnheard)
        {
            _strangers.Remove(ask);
            _log.Warning("{0} does not hear that it is no member any more: the connection to it is made anew.", ask.Address);
            ConnectAnew([Address.Parse(ask.Address)]);
        }

        if (_strangers.Count > MostAskers)
        {
            _strangers.Clear();
        }

        Sender.Tell(new Membership(IsUp, isMember));
    }

    private void OnLook()
    {
        if (++_looks == LooksInPatience && !IsUp)
        {
            _log.Warning("No cluster has accepted this node yet. It keeps trying {0}.",
                _seeds.Count == 0 ? "the members that it knew" : string.Join(", ", _seeds.Select(s => $"{s.Host}:{s.Port}")));
        }

        if (_mayFound && _looks == LooksBeforeFounding && _cluster.State.Members.IsEmpty)
        {
            _log.Warning("The members that this seed knew do not accept it: it starts a new cluster, and they join it.");
            _cluster.Join(_cluster.SelfAddress);
        }

        // A seed that does not know yet of a node that joins through another must not send it away.
        if ((IsUp || (IsJoining && _looks > LooksInPatience)) && !_cluster.SelfRoles.Contains(SeedDowning.SeedRole))
        {
            Ask();
        }
    }

    /// <summary>Asks one seed in turn while they know this node, and all when none has said so since it was last asked.</summary>
    private void Ask()
    {
        if (_unanswered++ == LooksWithoutAnswer)
        {
            _unanswered = 0;
            ConnectAnew(_seeds);
        }

        List<Address> all = [.. _seeds];
        foreach (var seed in _isKnown ? [all[_looks % all.Count]] : all)
        {
            Context.ActorSelection($"{seed}/user/{Name}").Tell(
                new AskMembership($"{_cluster.SelfAddress}", _cluster.SelfUniqueAddress.Uid));
        }

        _isKnown = false;
    }

    /// <summary>
    /// Drops connections. When a seed has come back at its address and both sides connected at once, Akka's remoting may keep two: a node
    /// writes to one, and the other reads the other.
    /// </summary>
    private static void ConnectAnew(IEnumerable<Address> nodes)
    {
        var remoting = (IRemoteActorRefProvider)((ExtendedActorSystem)Context.System).Provider;
        foreach (var node in nodes)
        {
            // Without the number of a process this quarantines no node: the connections are closed, and the next message opens new ones.
            remoting.Quarantine(node, null);
        }
    }

    private void LeaveIf(bool isOut, string because)
    {
        if (isOut && (IsUp || IsJoining))
        {
            _log.Warning("The cluster continues without this node: {0}. It stops its batches and joins again.", because);
            Timers.Cancel(nameof(Look));
            _cluster.Down(_cluster.SelfAddress);
        }
    }

    /// <summary>Whatever downed this node, it ends now: Akka would first inform members that may be long gone.</summary>
    private void EndIfSelf(UniqueAddress downed)
    {
        if (downed.Equals(_cluster.SelfUniqueAddress))
        {
            CoordinatedShutdown.Get(Context.System).Run(CoordinatedShutdown.ClusterDowningReason.Instance);
        }
    }
}
