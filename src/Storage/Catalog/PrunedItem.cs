namespace Cairn.Storage.Catalog;

/// <summary>Why pruning removes something.</summary>
public enum PruneReason
{
    /// <summary>A staging directory or a draft that a dead process left.</summary>
    Stale,

    /// <summary>A session of an older epoch that no restart will ever select.</summary>
    Superseded,

    /// <summary>A session older than those that are to be kept.</summary>
    Surplus,
}

/// <summary>Something that pruning removed, or would.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Reason">Why it goes.</param>
/// <param name="Bytes">The bytes of its files.</param>
public sealed record PrunedItem(string Path, PruneReason Reason, long Bytes);
