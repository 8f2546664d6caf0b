using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

// What a node and the registry tell each other besides grants and reports.

/// <summary>
/// A node says what it is and what it holds: at first, and again every few seconds, so that a registry that has just begun, or a message
/// that got lost, is found out. Answered by <see cref="NodeKnown"/> or
/// <see cref="NodeDismissed"/>.
/// </summary>
/// <param name="Node">What it is.</param>
/// <param name="Number">Counts these messages, from 1: one that comes late is left aside.</param>
/// <param name="Holds">All that it has been granted and that has not ended with its last report acknowledged.</param>
/// <param name="IsDraining">Whether it takes nothing more.</param>
/// <param name="Load">The machine's load average over a minute; null where it is not known.</param>
public sealed record NodeHello(NodeInfo Node, long Number, IReadOnlyList<HeldGrant> Holds, bool IsDraining, double? Load);

/// <summary>Something that a node has been granted.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Batch">The batch.</param>
/// <param name="GrantEpoch">The epoch of the grant.</param>
/// <param name="Paused">Whether it was ordered to wait.</param>
/// <param name="Halting">Whether it was ordered to halt.</param>
/// <param name="Broken">Why it has no supervisor on this node any more and must be granted again; null if it has one.</param>
public sealed record HeldGrant(string RunId, MemberRange Batch, int GrantEpoch, bool Paused, bool Halting, string? Broken = null);

/// <summary>Answers <see cref="NodeHello"/>.</summary>
/// <param name="Registry">Names the registry's incarnation.</param>
/// <param name="Number">The number of the hello.</param>
public sealed record NodeKnown(string Registry, long Number);

/// <summary>
/// Answers the <see cref="NodeHello"/> of a node that was removed, and lives: what it had is granted to others. It ends all that it holds,
/// and comes again under another id.
/// </summary>
/// <param name="Id">The node.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record NodeDismissed(string Id, string Reason);

/// <summary>Tells a node to hand back what it holds and to leave.</summary>
/// <param name="Reason">Why, for people.</param>
public sealed record NodeDrain(string Reason);

/// <summary>A node leaves in order: it holds nothing any more, or gives up what it holds. Answered by <see cref="NodeKnown"/>.</summary>
/// <param name="Id">The node.</param>
public sealed record NodeLeaves(string Id);

/// <summary>The cluster says that the process at an address was removed: its grants are granted again.</summary>
/// <param name="Address">Its <see cref="NodeInfo.Address"/>.</param>
public sealed record NodeRemoved(string Address);

/// <summary>The failure detector gets no heartbeats from the process at an address.</summary>
/// <param name="Address">Its <see cref="NodeInfo.Address"/>.</param>
/// <param name="Since">For how long.</param>
public sealed record NodeSilent(string Address, TimeSpan Since);

/// <summary>The failure detector gets heartbeats from the process at an address again.</summary>
/// <param name="Address">Its <see cref="NodeInfo.Address"/>.</param>
public sealed record NodeHeard(string Address);
