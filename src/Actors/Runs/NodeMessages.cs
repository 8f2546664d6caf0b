using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

// Between a node and the registry, besides grants and reports.

/// <summary>
/// Registers a node and reports what it holds: at its start and every few seconds, so that a new registry learns it and lost messages show.
/// Answered by <see cref="NodeKnown"/> or <see cref="NodeDismissed"/>.
/// </summary>
/// <param name="Number">Counts these messages, from 1: late ones are ignored.</param>
/// <param name="Holds">All its grants whose last report is not acknowledged yet.</param>
/// <param name="IsDraining">Whether it accepts no more grants.</param>
/// <param name="Load">The machine's load average over a minute; null if unknown.</param>
public sealed record NodeHello(NodeInfo Node, long Number, IReadOnlyList<HeldGrant> Holds, bool IsDraining, double? Load);

/// <summary>A grant that a node holds.</summary>
/// <param name="Paused">Whether it was ordered to pause.</param>
/// <param name="Halting">Whether it was ordered to halt.</param>
/// <param name="Broken">Why it has lost its supervisor and must be granted again; null if it has one.</param>
public sealed record HeldGrant(string RunId, MemberRange Batch, int GrantEpoch, bool Paused, bool Halting, string? Broken = null);

/// <summary>Answers <see cref="NodeHello"/>.</summary>
/// <param name="Registry">Identifies the registry's incarnation.</param>
/// <param name="Number">The number of the hello.</param>
public sealed record NodeKnown(string Registry, long Number);

/// <summary>
/// Answers the <see cref="NodeHello"/> of a node that was removed but still runs: its batches are granted to others. It ends everything it
/// holds, and registers under a new id.
/// </summary>
/// <param name="Reason">Why, for people.</param>
public sealed record NodeDismissed(string Id, string Reason);

/// <summary>Orders a node to hand back what it holds and to leave.</summary>
/// <param name="Reason">Why, for people.</param>
public sealed record NodeDrain(string Reason);

/// <summary>A node leaves in order. Answered by <see cref="NodeKnown"/>.</summary>
public sealed record NodeLeaves(string Id);

/// <summary>The process at an address was removed from the cluster: its grants are granted again.</summary>
/// <param name="Address">Its <see cref="NodeInfo.Address"/>.</param>
public sealed record NodeRemoved(string Address);

/// <summary>The failure detector receives no heartbeats from the process at an address.</summary>
/// <param name="Address">Its <see cref="NodeInfo.Address"/>.</param>
/// <param name="Since">For how long.</param>
public sealed record NodeSilent(string Address, TimeSpan Since);

/// <summary>The failure detector receives heartbeats from the process at an address again.</summary>
/// <param name="Address">Its <see cref="NodeInfo.Address"/>.</param>
public sealed record NodeHeard(string Address);

/// <summary>A node's description.</summary>
/// <param name="Id">Unique to each start of the process.</param>
/// <param name="Host">The machine.</param>
/// <param name="Pid">The process.</param>
/// <param name="Address">
/// Its address in the cluster, '#' and the uid of its process at that address; empty in the registry's own process.
/// </param>
/// <param name="Version">The versions of the program and of libtorch.</param>
/// <param name="Slots">Ranks that it steps concurrently.</param>
/// <param name="TakesLarger">Whether, when idle, it accepts a batch with more ranks than it has slots.</param>
/// <param name="Devices">Its devices: <c>cpu</c>, <c>cuda:0</c>, …</param>
/// <param name="Labels">What runs may ask for by <c>requires.label</c>.</param>
public sealed record NodeInfo(
    string Id, string Host, int Pid, string Address, string Version, int Slots, bool TakesLarger, IReadOnlyList<string> Devices,
    IReadOnlyList<string> Labels)
{
    /// <summary>The extensions that it has loaded.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];

    public bool HasGpu => Devices.Any(d => d.StartsWith("cuda", StringComparison.Ordinal));
}

/// <summary>The state of a node.</summary>
public enum NodeState
{
    Up,

    /// <summary>It hands back what it holds and accepts no more grants.</summary>
    Draining,

    /// <summary>The failure detector receives no heartbeats from it; it keeps its batches until it is removed.</summary>
    Silent,

    /// <summary>It was removed from the cluster, or its process ended.</summary>
    Lost,

    /// <summary>It left in order.</summary>
    Left,
}

/// <summary>A node, for lists.</summary>
/// <param name="State">Its state.</param>
/// <param name="Batches">Batches that it has.</param>
/// <param name="UsedSlots">Slots that they take.</param>
/// <param name="Load">The machine's load average over a minute; null if unknown.</param>
/// <param name="SinceHeard">Time since its last message.</param>
/// <param name="Silent">How long the failure detector has received no heartbeats from it; null if it does.</param>
/// <param name="RegisteredAt">When it registered, UTC.</param>
public sealed record NodeRow(
    NodeInfo Node, NodeState State, int Batches, int UsedSlots, double? Load, TimeSpan SinceHeard, TimeSpan? Silent,
    DateTimeOffset RegisteredAt);
