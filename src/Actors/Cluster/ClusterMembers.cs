using Akka.Cluster;

namespace Cairn.Actors.Cluster;

/// <summary>A member of the cluster, as the asked process sees it.</summary>
/// <param name="Address">Where it is reached.</param>
/// <param name="Roles"><c>seed</c>, <c>worker</c>.</param>
/// <param name="Status"><c>joining</c>, <c>up</c>, <c>leaving</c>, …</param>
/// <param name="IsReachable">Whether it is reachable.</param>
/// <param name="IsSelf">Whether it is the asked process.</param>
public sealed record ClusterMember(string Address, IReadOnlyList<string> Roles, string Status, bool IsReachable, bool IsSelf);

/// <summary>Lists the cluster's members, and removes one by hand.</summary>
/// <param name="system">A system of the cluster; without a cluster there are no members.</param>
public sealed class ClusterMembers(ActorSystem system)
{
    private readonly Akka.Cluster.Cluster? _cluster =
        ((ExtendedActorSystem)system).Provider is IClusterActorRefProvider ? Akka.Cluster.Cluster.Get(system) : null;

    /// <summary>The members, oldest first.</summary>
    public IReadOnlyList<ClusterMember> Members()
    {
        if (_cluster is null)
            return [];

        var state = _cluster.State;
        return
        [
            .. state.Members.OrderBy(m => m, Member.AgeOrdering).Select(m => new ClusterMember(
                m.Address.ToString(), [.. m.Roles.Order(StringComparer.Ordinal)], m.Status.ToString().ToLowerInvariant(),
                !state.Unreachable.Contains(m), m.UniqueAddress.Equals(_cluster.SelfUniqueAddress))),
        ];
    }

    /// <summary>Removes a member: its grants go to others, and it can only rejoin as a new member.</summary>
    /// <param name="address">Its address, with or without the protocol and the system's name.</param>
    /// <returns>The address; null if no member has it.</returns>
    /// <exception cref="SpecException">It is the asked process, or a reachable one.</exception>
    public string? Remove(string address)
    {
        if (Members().FirstOrDefault(m => m.Address == address
            || m.Address.EndsWith($"@{address}", StringComparison.Ordinal)) is not { } member)
        {
            return null;
        }

        if (member.IsSelf || member.IsReachable)
        {
            throw new SpecException(
                $"{member.Address} is {(member.IsSelf ? "the seed that was asked" : "up and answers")}: only a member that does not "
                + "answer can be removed by hand. To end one that does, drain it, or send its process SIGTERM.");
        }

        _cluster!.Down(Address.Parse(member.Address));
        return member.Address;
    }
}
