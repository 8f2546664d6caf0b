namespace Cairn.Storage.Ledger;

/// <summary>A node as it enters the ledger.</summary>
/// <param name="NodeId">Its id, new with every start: no later process is taken for an earlier one.</param>
/// <param name="Host">The machine.</param>
/// <param name="Pid">The process.</param>
/// <param name="Version">The program's version, libtorch's and others that matter.</param>
/// <param name="Slots">Ranks that it steps side by side.</param>
/// <param name="Devices">Its devices: <c>cpu</c>, <c>cuda:0</c>, …</param>
/// <param name="Labels">What runs may ask for by <c>requires.label</c>.</param>
public sealed record NodeRegistration(
    string NodeId, string Host, int Pid, string Version, int Slots, IReadOnlyList<string> Devices, IReadOnlyList<string> Labels)
{
    public bool HasGpu => Devices.Any(d => d.StartsWith("cuda", StringComparison.Ordinal));
}

/// <summary>Where a node stands.</summary>
public enum NodeState
{
    Up,

    /// <summary>It hands back what it holds, and takes nothing more.</summary>
    Draining,

    /// <summary>It has not been heard of for the time of a lease.</summary>
    Lost,

    /// <summary>It left in order.</summary>
    Left,
}

/// <summary>A node in the ledger.</summary>
/// <param name="Node">What it is.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Leases">Batches that it holds.</param>
/// <param name="UsedSlots">Slots that they take.</param>
/// <param name="Load">The machine's load average over a minute; NaN where it is not known.</param>
/// <param name="SinceHeartbeat">Since it was last heard of, by the database's clock.</param>
/// <param name="RegisteredAt">When it came, UTC.</param>
public sealed record NodeRow(
    NodeRegistration Node, NodeState State, int Leases, int UsedSlots, double Load, TimeSpan SinceHeartbeat, DateTimeOffset RegisteredAt);

/// <summary>A node's time-limited right to a batch. Renewal matches holder and epoch.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="NodeId">The holder.</param>
/// <param name="Epoch">The epoch that the batch was claimed under; gangs of the same lease have higher ones.</param>
public sealed record Lease(BatchKey Batch, string NodeId, int Epoch);

/// <summary>What a node tells of itself.</summary>
/// <param name="NodeId">The node.</param>
/// <param name="LeaseTime">How long leases are renewed for, from when the database takes the statement.</param>
/// <param name="Leases">What it believes to hold.</param>
/// <param name="UsedSlots">Slots in use.</param>
/// <param name="Load">The machine's load average over a minute; NaN where it is not known.</param>
public sealed record Heartbeat(string NodeId, TimeSpan LeaseTime, IReadOnlyList<Lease> Leases, int UsedSlots, double Load);

/// <summary>What a heartbeat brings back.</summary>
/// <param name="IsKnown">Whether the ledger knows the node; if not, it has to register again, and holds nothing.</param>
/// <param name="Drain">Whether it was asked to hand back what it holds.</param>
/// <param name="Renewed">Leases that were renewed.</param>
/// <param name="Cancelled">Those of them whose run was cancelled: to be halted and handed back.</param>
/// <param name="Waiting">Whether there may be batches that the node could claim.</param>
/// <param name="NextLapse">How long until the first lease of another node runs out unless it is renewed; null when there is none.</param>
public sealed record HeartbeatAnswer(
    bool IsKnown, bool Drain, IReadOnlyList<Lease> Renewed, IReadOnlyList<Lease> Cancelled, bool Waiting, TimeSpan? NextLapse = null);

/// <summary>A node asks for batches.</summary>
/// <param name="NodeId">The node.</param>
/// <param name="LeaseTime">How long each lease is.</param>
/// <param name="FreeSlots">Slots that nobody has.</param>
/// <param name="Limit">At most so many batches.</param>
/// <param name="Held">
/// What the node holds or is just ending: a batch that is leased to it and is not among them was the answer to a claim which never arrived,
/// and is given again. Null: do not look.
/// </param>
public sealed record ClaimRequest(string NodeId, TimeSpan LeaseTime, int FreeSlots, int Limit, IReadOnlyList<Lease>? Held = null);

/// <summary>A batch that a node has claimed.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Last">The batch's last member.</param>
/// <param name="Slots">Slots that it takes.</param>
/// <param name="RunName">The run's name.</param>
/// <param name="Spec">The run's spec, JSON.</param>
/// <param name="NewestSession">The newest session that was reported, which must be on disk sooner or later; null before the first.</param>
/// <param name="NewestLeadTime">Its lead time.</param>
/// <param name="Attempt">The number of this attempt, from 1.</param>
/// <param name="Failures">For a closing: the batches that failed, and why.</param>
/// <param name="IsCancelled">For a closing: whether the run was cancelled.</param>
public sealed record ClaimedBatch(
    Lease Lease, int Last, int Slots, string RunName, string Spec, string? NewestSession, TimeSpan? NewestLeadTime, int Attempt,
    IReadOnlyList<(int First, int Last, string Error)> Failures, bool IsCancelled);
