namespace Cairn.Storage.Ledger;

/// <summary>How much of what is in the ledger.</summary>
/// <param name="Runs">Runs by where they stand; a state that no run is in may be missing.</param>
/// <param name="Batches">Batches of members by where they stand, likewise.</param>
public sealed record LedgerCounts(IReadOnlyDictionary<RunState, long> Runs, IReadOnlyDictionary<BatchState, long> Batches);
