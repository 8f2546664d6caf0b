using Cairn.Actors.Runs;

namespace Cairn.Api.Wire;

/// <summary>A node.</summary>
/// <param name="Id">Its id, new with every start.</param>
/// <param name="Host">The machine.</param>
/// <param name="Pid">The process.</param>
/// <param name="Address">Its address in the cluster.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Version">Versions of the program and what matters to it.</param>
/// <param name="Slots">Ranks that it steps side by side.</param>
/// <param name="UsedSlots">Those that are taken.</param>
/// <param name="Batches">Batches that it has.</param>
/// <param name="Devices">What it steps on.</param>
/// <param name="Labels">What runs may ask for.</param>
/// <param name="Load">The machine's load average over a minute; null where it is not known.</param>
/// <param name="SecondsSinceHeard">Since it last told how it fares.</param>
/// <param name="SecondsSilent">Since when it does not answer; null while it does.</param>
/// <param name="RegisteredAt">When it came.</param>
public sealed record NodeWire(
    string Id, string Host, int Pid, string Address, NodeState State, string Version, int Slots, int UsedSlots, int Batches,
    IReadOnlyList<string> Devices, IReadOnlyList<string> Labels, double? Load, double SecondsSinceHeard, double? SecondsSilent,
    DateTimeOffset RegisteredAt);

/// <summary>The nodes.</summary>
/// <param name="Nodes">In the order of their names.</param>
/// <param name="RegistryBegan">
/// When the registry of runs began, the oldest first: each time a seed was started, or took over from another one.
/// </param>
public sealed record NodePage(IReadOnlyList<NodeWire> Nodes, IReadOnlyList<DateTimeOffset> RegistryBegan);

/// <summary>A process of the cluster, as the seed that is asked sees it.</summary>
/// <param name="Address">Where it is reached.</param>
/// <param name="Roles">What it does: <c>seed</c>, <c>worker</c>.</param>
/// <param name="Status">Where it stands: <c>joining</c>, <c>up</c>, <c>leaving</c>, …</param>
/// <param name="IsReachable">Whether it answers.</param>
/// <param name="IsSelf">Whether it is the seed that is asked.</param>
public sealed record MemberWire(string Address, IReadOnlyList<string> Roles, string Status, bool IsReachable, bool IsSelf);

/// <summary>The cluster's members.</summary>
/// <param name="Members">In the order in which they came.</param>
public sealed record MemberPage(IReadOnlyList<MemberWire> Members);
