namespace Cairn.Engine.Runs;

/// <summary>Which nodes of a cluster may have a run's batches, and whose batches go first.</summary>
public sealed record PlacementSpec
{
    /// <summary>Greater goes first.</summary>
    public int Priority { get; init; }

    /// <summary>Whether a node must have a GPU.</summary>
    public bool Gpu { get; init; }

    /// <summary>The label that a node must have; null for any node.</summary>
    public string? Label { get; init; }
}
