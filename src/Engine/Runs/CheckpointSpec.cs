namespace Cairn.Engine.Runs;

/// <summary>Where and how often sessions are committed.</summary>
public sealed record CheckpointSpec
{
    /// <summary>Absolute path of the run's folder: <c>run.json</c> and one catalog per batch.</summary>
    public required string Path { get; init; }

    /// <summary>What becomes of older sessions.</summary>
    public CheckpointMode Mode { get; init; } = CheckpointMode.Append;

    /// <summary>
    /// A commit every this many boundaries, or null: for one at the end or at a stop only (<c>none</c>), or for <see cref="AutoFlush"/>.
    /// </summary>
    public int? FlushInterval { get; init; } = 1;

    /// <summary>Whether the interval follows from what commits cost and how often the batch failed (<c>auto</c>).</summary>
    public bool AutoFlush { get; init; }

    /// <summary>How many sessions <see cref="CheckpointMode.Append"/> keeps, or null for all.</summary>
    public int? HistorySize { get; init; }

    /// <summary>0 stores no component state, 1 what restores the workflow, 2 what restores the model too.</summary>
    public int Level { get; init; } = 2;

    /// <summary>Whether a commit must survive power loss.</summary>
    public CheckpointDurability Durability { get; init; } = CheckpointDurability.Full;

    /// <summary>What to do when the run is resumed under other numerics.</summary>
    public FingerprintPolicy OnFingerprintChange { get; init; } = FingerprintPolicy.Refuse;

    /// <summary>What is written and read in CHM's format besides; null for models that are no mesh.</summary>
    public ChmSpec? Chm { get; init; }

    /// <summary>
    /// The most model steps that a restart repeats from the session before the one that it restores, to see whether they end in the same
    /// bits; 0 for none.
    /// </summary>
    public int VerifyResume { get; init; }
}
