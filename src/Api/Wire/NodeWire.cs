using Cairn.Actors.Runs;

namespace Cairn.Api.Wire;

/// <summary>A node.</summary>
/// <param name="Id">Its id, new at every start.</param>
/// <param name="Host">Its host name.</param>
/// <param name="Pid">Its process id.</param>
/// <param name="Address">Its address in the cluster.</param>
/// <param name="State">Its state.</param>
/// <param name="Version">Versions of the program and its libraries.</param>
/// <param name="Slots">Ranks that it can step at once.</param>
/// <param name="UsedSlots">Slots in use.</param>
/// <param name="Batches">Its batches.</param>
/// <param name="Devices">Its devices.</param>
/// <param name="Labels">Labels that runs may require.</param>
/// <param name="Load">The machine's load average over one minute; null if unknown.</param>
/// <param name="SecondsSinceHeard">Seconds since its last report.</param>
/// <param name="SecondsSilent">Seconds since it stopped answering; null while it answers.</param>
/// <param name="RegisteredAt">When it registered.</param>
public sealed record NodeWire(
    string Id, string Host, int Pid, string Address, NodeState State, string Version, int Slots, int UsedSlots, int Batches,
    IReadOnlyList<string> Devices, IReadOnlyList<string> Labels, double? Load, double SecondsSinceHeard, double? SecondsSilent,
    DateTimeOffset RegisteredAt);

/// <summary>The nodes.</summary>
/// <param name="Nodes">Ordered by name.</param>
/// <param name="RegistryBegan">
/// When the registry of runs was started, the oldest first: each time a seed was started, or took over from another one.
/// </param>
public sealed record NodePage(IReadOnlyList<NodeWire> Nodes, IReadOnlyList<DateTimeOffset> RegistryBegan);

/// <summary>A process of the cluster, as the asked seed sees it.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Roles">Its roles: <c>seed</c>, <c>worker</c>.</param>
/// <param name="Status">Its status: <c>joining</c>, <c>up</c>, <c>leaving</c>, …</param>
/// <param name="IsReachable">Whether it answers.</param>
/// <param name="IsSelf">Whether it is the asked seed.</param>
public sealed record MemberWire(string Address, IReadOnlyList<string> Roles, string Status, bool IsReachable, bool IsSelf);

/// <summary>The cluster's members.</summary>
/// <param name="Members">In order of joining.</param>
public sealed record MemberPage(IReadOnlyList<MemberWire> Members);
