using Cairn.Storage.Ledger;

namespace Cairn.Actors.Leases;

/// <summary>Asks a node to take no more batches, hand back those it has, and leave.</summary>
/// <param name="Reason">Why, for people.</param>
public sealed record DrainNode(string Reason);

/// <summary>
/// Ends at once what a node that drains has not handed back yet: the steps since its last sessions are another's to repeat.
/// </summary>
public sealed record AbandonNode;

/// <summary>A node holds nothing any more, and has left the ledger.</summary>
/// <param name="Reason">Why it was drained.</param>
/// <param name="Abandoned">Batches that were ended before they came to a boundary.</param>
public sealed record NodeDrained(string Reason, int Abandoned);

/// <summary>What ran under a lease has ended, and the ledger knows, or has given the batch to another node.</summary>
/// <param name="Lease">The lease.</param>
internal sealed record LeaseEnded(Lease Lease);

/// <summary>The ledger says that a lease is no longer this node's.</summary>
/// <param name="Lease">The lease.</param>
internal sealed record LeaseRefused(Lease Lease);
