using Cairn.Storage.Ledger;

namespace Cairn.Api.Wire;

/// <summary>A node.</summary>
/// <param name="Id">Its id, new with every start.</param>
/// <param name="Host">The machine.</param>
/// <param name="Pid">The process.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Version">Versions of the program and what matters to it.</param>
/// <param name="Slots">Ranks that it steps side by side.</param>
/// <param name="UsedSlots">Those that are taken.</param>
/// <param name="Leases">Batches that it holds.</param>
/// <param name="Devices">What it steps on.</param>
/// <param name="Labels">What runs may ask for.</param>
/// <param name="Load">The machine's load average over a minute; null where it is not known.</param>
/// <param name="SecondsSinceHeartbeat">Since it was last heard of.</param>
/// <param name="RegisteredAt">When it came.</param>
public sealed record NodeWire(
    string Id, string Host, int Pid, NodeState State, string Version, int Slots, int UsedSlots, int Leases,
    IReadOnlyList<string> Devices, IReadOnlyList<string> Labels, double? Load, double SecondsSinceHeartbeat, DateTimeOffset RegisteredAt);

/// <summary>The nodes.</summary>
/// <param name="Nodes">In the order of their names.</param>
public sealed record NodePage(IReadOnlyList<NodeWire> Nodes);
