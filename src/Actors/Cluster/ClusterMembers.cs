using Akka.Cluster;

namespace Cairn.Actors.Cluster;

/// <summary>A process of the cluster, as the one that is asked sees it.</summary>
/// <param name="Address">Where it is reached.</param>
/// <param name="Roles">What it does: <c>seed</c>, <c>worker</c>.</param>
/// <param name="Status">Where it stands: <c>joining</c>, <c>up</c>, <c>leaving</c>, …</param>
/// <param name="IsReachable">Whether it answers.</param>
/// <param name="IsSelf">Whether it is the one that is asked.</param>
public sealed record ClusterMember(string Address, IReadOnlyList<string> Roles, string Status, bool IsReachable, bool IsSelf);

/// <summary>The cluster's members, and taking one out by hand.</summary>
/// <param name="system">A system of the cluster; one that is in none has no members.</param>
public sealed class ClusterMembers(ActorSystem system)
{
    private readonly Akka.Cluster.Cluster? _cluster =
        ((ExtendedActorSystem)system).Provider is IClusterActorRefProvider ? Akka.Cluster.Cluster.Get(system) : null;

    /// <summary>The members, in the order in which they came.</summary>
    public IReadOnlyList<ClusterMember> Members()
    {
        if (_cluster is null)
        {
            return [];
        }

        var state = _cluster.State;
        return
        [
            .. state.Members.OrderBy(m => m, Member.AgeOrdering).Select(m => new ClusterMember(
                m.Address.ToString(), [.. m.Roles.Order(StringComparer.Ordinal)], m.Status.ToString().ToLowerInvariant(),
                !state.Unreachable.Contains(m), m.UniqueAddress.Equals(_cluster.SelfUniqueAddress))),
        ];
    }

    /// <summary>Takes a member out for good: what its process had is granted to others, and it has to come again as a new one.</summary>
    /// <param name="address">Its address, with or without the protocol and the system's name.</param>
    /// <returns>The address; null when no member has it.</returns>
    /// <exception cref="SpecException">It is the process that is asked, or one that answers.</exception>
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
