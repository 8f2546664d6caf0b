namespace Cairn.Actors.Runs;

/// <summary>What a node is.</summary>
/// <param name="Id">Its id, new with every start: no later process is taken for an earlier one.</param>
/// <param name="Host">The machine.</param>
/// <param name="Pid">The process.</param>
/// <param name="Address">
/// Its address in the cluster with '#' and the uid that tells this process from a later one at that address; empty for a node of the
/// registry's own process.
/// </param>
/// <param name="Version">The program's version, libtorch's and others that matter.</param>
/// <param name="Slots">Ranks that it steps side by side.</param>
/// <param name="TakesLarger">Whether it takes a batch with more ranks than it has slots, when it has nothing else to do.</param>
/// <param name="Devices">Its devices: <c>cpu</c>, <c>cuda:0</c>, …</param>
/// <param name="Labels">What runs may ask for by <c>requires.label</c>.</param>
public sealed record NodeInfo(
    string Id, string Host, int Pid, string Address, string Version, int Slots, bool TakesLarger, IReadOnlyList<string> Devices,
    IReadOnlyList<string> Labels)
{
    /// <summary>The extensions whose kinds it knows.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];

    public bool HasGpu => Devices.Any(d => d.StartsWith("cuda", StringComparison.Ordinal));
}

/// <summary>Where a node stands.</summary>
public enum NodeState
{
    Up,

    /// <summary>It hands back what it holds, and takes nothing more.</summary>
    Draining,

    /// <summary>The failure detector gets no heartbeats from it; it keeps its batches until it is removed.</summary>
    Silent,

    /// <summary>It was removed from the cluster, or its process ended.</summary>
    Lost,

    /// <summary>It left in order.</summary>
    Left,
}

/// <summary>A node, as lists show it.</summary>
/// <param name="Node">What it is.</param>
/// <param name="State">Its state.</param>
/// <param name="Batches">Batches that it has.</param>
/// <param name="UsedSlots">Slots that they take.</param>
/// <param name="Load">The machine's load average over a minute; null if unknown.</param>
/// <param name="SinceHeard">Time since its last message.</param>
/// <param name="Silent">Since when the failure detector gets no heartbeats from it; null while it does.</param>
/// <param name="RegisteredAt">When it came, UTC.</param>
public sealed record NodeRow(
    NodeInfo Node, NodeState State, int Batches, int UsedSlots, double? Load, TimeSpan SinceHeard, TimeSpan? Silent,
    DateTimeOffset RegisteredAt);
