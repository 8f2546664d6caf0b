namespace Cairn.Storage.Catalog;

/// <summary>One committed row of a catalog.</summary>
public sealed record CheckpointRow
{
    public required string CommitId { get; init; }

    /// <summary>The commit's directory.</summary>
    public required string Directory { get; init; }

    /// <summary>The name of the checkpoint that wrote it.</summary>
    public required string CheckpointName { get; init; }
    public required CheckpointMode Mode { get; init; }
    public required IReadOnlyDictionary<string, object?> Labels { get; init; }

    /// <summary>What the workflow recorded: scalars, times, lists, dictionaries, <c>NdArray</c>.</summary>
    public required IReadOnlyDictionary<string, object?> Metadata { get; init; }
    public required IReadOnlyList<string> MetadataKeys { get; init; }
    public required int WriteCount { get; init; }

    /// <summary>ISO 8601 with offset, as stored.</summary>
    public required string SavedAt { get; init; }
    public required int Rank { get; init; }
    public required int WorldSize { get; init; }
    public required IReadOnlyList<string> StateIds { get; init; }

    /// <summary>The epoch that wrote it; 0 without a runtime.</summary>
    public int Epoch { get; init; }

    /// <summary>Its number in the catalog; null if Earth2Studio wrote it.</summary>
    public long? Sequence { get; init; }

    /// <summary>The session that its writer had restored or written before; of a coordinated rank the one that its gang began
    /// from.</summary>
    public string? Parent { get; init; }
    public IReadOnlyDictionary<string, string>? Fingerprint { get; init; }
    public string? SpecDigest { get; init; }

    /// <summary>True for the older session that is kept beside the catalog.</summary>
    public bool InFallback { get; init; }

    /// <summary>The metadata's <c>lead_time</c>, or null if there is none or it is not an exact time span.</summary>
    public TimeSpan? LeadTime => State.MetadataValues.LeadTime(Metadata);
}
