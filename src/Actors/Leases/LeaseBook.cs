using Cairn.Storage.Ledger;

namespace Cairn.Actors.Leases;

/// <summary>How long leases last, as a node goes by it.</summary>
/// <param name="Lease">How long a renewed lease lasts, by the database's clock.</param>
/// <param name="Heartbeat">How often leases are renewed.</param>
/// <param name="Margin">How long before its end a lease is given up: time to end what runs under it.</param>
public sealed record LeaseTimes(TimeSpan Lease, TimeSpan Heartbeat, TimeSpan Margin)
{
    /// <summary>The usual proportions.</summary>
    public static LeaseTimes Of(TimeSpan lease) => new(lease, lease / 5, lease / 10);

    /// <summary>How long after the last renewal a lease becomes doubtful: two heartbeats have failed by then.</summary>
    public TimeSpan Trusted => Lease / 2;
}

/// <summary>How sure a node may be of a lease.</summary>
public enum LeaseState
{
    /// <summary>It was renewed lately.</summary>
    Held,

    /// <summary>Renewals fail: what runs under it waits at a boundary.</summary>
    Doubtful,

    /// <summary>It is another's, or may be from now on: what runs under it ends.</summary>
    Lost,
}

/// <summary>What a node has to do about a lease.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Action">What.</param>
public sealed record LeaseOrder(Lease Lease, LeaseAction Action);

/// <summary>What a node does with what runs under a lease.</summary>
public enum LeaseAction
{
    /// <summary>Lets it wait at the next boundary.</summary>
    Pause,

    /// <summary>Lets it go on.</summary>
    Resume,

    /// <summary>Halts it at the next boundary, durably, and hands it back.</summary>
    Halt,

    /// <summary>Ends it at once, without making anything durable.</summary>
    Abandon,
}

/// <summary>
/// Decides what a node may believe of its leases. Pure: it is fed with what was sent when and answered how, and with times of a clock that
/// only grows and counts suspension; it answers with orders.
/// </summary>
/// <remarks>
/// A lease is trusted from before the statement that renewed it was sent, so that the database ends it no sooner than this node does,
/// whatever the statement's way took and whatever either wall clock says.
/// </remarks>
/// <param name="times">How long leases last.</param>
public sealed class LeaseBook(LeaseTimes times)
{
    private readonly Dictionary<Lease, Entry> _entries = [];

    /// <summary>Leases that are not lost, to be renewed by the next heartbeat.</summary>
    public IReadOnlyList<Lease> Held => [.. _entries.Where(e => e.Value.State != LeaseState.Lost).Select(e => e.Key)];

    /// <summary>How sure of a lease the node may be; null when it is not, or no more, in the book.</summary>
    public LeaseState? StateOf(Lease lease) => _entries.TryGetValue(lease, out var entry) ? entry.State : null;

    /// <summary>A lease was claimed, by a statement that was sent at <paramref name="sentAt"/>.</summary>
    public void Claimed(Lease lease, TimeSpan sentAt) => _entries.TryAdd(lease, new Entry(sentAt));

    /// <summary>What ran under a lease has ended, and the ledger was told, or will be.</summary>
    public void Ended(Lease lease) => _entries.Remove(lease);

    /// <summary>A heartbeat was answered.</summary>
    /// <param name="sentAt">When it was sent.</param>
    /// <param name="sent">The leases that it was to renew.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="now">The time.</param>
    public IReadOnlyList<LeaseOrder> Answered(TimeSpan sentAt, IReadOnlyList<Lease> sent, HeartbeatAnswer answer, TimeSpan now)
    {
        var renewed = answer.Renewed.ToHashSet();
        foreach (var lease in sent.Where(_entries.ContainsKey))
        {
            var entry = _entries[lease];
            if (renewed.Contains(lease))
            {
                entry.RenewedAt = sentAt > entry.RenewedAt ? sentAt : entry.RenewedAt;
            }
            else
            {
                entry.IsTaken = true;
            }
        }

        foreach (var lease in answer.Cancelled.Where(_entries.ContainsKey))
        {
            _entries[lease].IsCancelled = true;
        }

        return At(now);
    }

    /// <summary>What has to be done by now.</summary>
    public IReadOnlyList<LeaseOrder> At(TimeSpan now)
    {
        var orders = new List<LeaseOrder>();
        foreach (var (lease, entry) in _entries)
        {
            var before = entry.State;
            entry.State = Next(entry, now);
            if (Action(before, entry.State) is { } action)
            {
                orders.Add(new LeaseOrder(lease, action));
            }

            if (entry is { IsCancelled: true, IsHalted: false, State: not LeaseState.Lost })
            {
                entry.IsHalted = true;
                orders.Add(new LeaseOrder(lease, LeaseAction.Halt));
            }
        }

        return orders;
    }

    /// <summary>What is lost stays lost: a gang that was ended does not come back to life.</summary>
    private LeaseState Next(Entry entry, TimeSpan now)
    {
        var age = now - entry.RenewedAt;
        return entry.IsTaken || entry.State == LeaseState.Lost || age >= times.Lease - times.Margin ? LeaseState.Lost
            : age >= times.Trusted ? LeaseState.Doubtful
            : LeaseState.Held;
    }

    private static LeaseAction? Action(LeaseState before, LeaseState after) => (before, after) switch
    {
        (not LeaseState.Lost, LeaseState.Lost) => LeaseAction.Abandon,
        (LeaseState.Held, LeaseState.Doubtful) => LeaseAction.Pause,
        (LeaseState.Doubtful, LeaseState.Held) => LeaseAction.Resume,
        _ => null,
    };

    private sealed class Entry(TimeSpan renewedAt)
    {
        public TimeSpan RenewedAt { get; set; } = renewedAt;

        public LeaseState State { get; set; } = LeaseState.Held;

        public bool IsTaken { get; set; }

        public bool IsCancelled { get; set; }

        public bool IsHalted { get; set; }
    }
}
