using Akka.Cluster;

namespace Cairn.Actors.Cluster;

/// <summary>
/// Who leaves a split cluster: a pure decision, taken by each seed on its own view, independent of the others.
/// </summary>
/// <remarks>
/// <para>Seeds vote, workers don't: a side continues with more than half of the seeds, or with half of them and the oldest. It downs the
/// members that it does not reach. Seeds of the other sides leave; workers of sides without a seed continue and wait.</para>
/// <para>A seed that comes back to workers alone removes those of them that died meanwhile.</para>
/// <para>A seed counts until it has been removed, also after it was downed: removal needs the consent of every member that is not downed,
/// so no seed can vote the others away one by one as it loses contact with them. If all others were downed, by others or by hand, the last
/// continues: none of them does.</para>
/// </remarks>
public static class Downing
{
    /// <summary>Decides.</summary>
    /// <param name="view">What one member sees.</param>
    /// <param name="settings">How long it waits.</param>
    public static DowningDecision Decide(DowningView view, DowningSettings settings)
    {
        var voters = view.Members.Where(m => m.Votes).OrderBy(m => m.Age).ThenBy(m => m.Node).ToList();
        var gone = view.Members.Where(m => m.UnreachableFor is not null && m.Status != MemberStatus.Down
            && !m.Node.Equals(view.Self)).ToList();
        var turn = voters.FindIndex(m => m.Node.Equals(view.Self));
        if (turn < 0 && IsAlone(view, voters))
        {
            var dead = gone.Where(m => m.UnreachableFor >= settings.Patience).Select(m => m.Node).ToList();
            return dead.Count == 0 ? new DowningDecision.Wait("they may come back")
                : new DowningDecision.Down(dead, "there is no other seed to remove them");
        }

        if (turn < 0 || voters[turn].Status == MemberStatus.Down)
        {
            return new DowningDecision.Wait("only a seed that is up decides");
        }

        var settled = gone.Where(m => m.UnreachableFor >= settings.StableAfter + (turn * settings.Turn)).ToList();
        if (settled.Count == 0)
        {
            return new DowningDecision.Wait(gone.Count == 0 ? "all are reachable" : "it may pass");
        }

        var unrest = gone.Any(m => m.Votes && m.UnreachableFor < settings.StableAfter);
        return unrest && settled.All(m => m.UnreachableFor < settings.Patience)
            ? new DowningDecision.Wait("more seeds are being lost right now")
            : Count(voters, settled);
    }

    /// <summary>Whether it is a seed that comes to workers alone: it cannot come up while those that died are not removed.</summary>
    private static bool IsAlone(DowningView view, List<DowningMember> voters) =>
        view.Members.Any(m => m.Node.Equals(view.Self) && m is { IsSeed: true, Status: MemberStatus.Joining or MemberStatus.WeaklyUp })
        && voters.All(m => m.Status == MemberStatus.Down);

    private static DowningDecision Count(List<DowningMember> voters, List<DowningMember> settled)
    {
        var mine = voters.Count(IsWithMe);
        var isLast = mine == 1 && voters.Count(m => m.Status != MemberStatus.Down) == 1;
        var goesOn = isLast || 2 * mine > voters.Count || (2 * mine == voters.Count && IsWithMe(voters[0]));
        var oldest = isLast ? ", and the others are removed" : 2 * mine == voters.Count ? $", the oldest {(goesOn ? "too" : "not")}" : "";
        var count = $"{mine} of {voters.Count} seeds are on this side{oldest}";
        return goesOn
            ? new DowningDecision.Down([.. settled.Select(m => m.Node)], count)
            : new DowningDecision.Leave(count);
    }

    private static bool IsWithMe(DowningMember seed) => seed.UnreachableFor is null && seed.Status != MemberStatus.Down;
}

/// <summary>How long a decision waits.</summary>
/// <param name="StableAfter">How long a member has been unreachable before it is given up.</param>
/// <param name="Turn">
/// The oldest seed decides first, each younger one this much later: where only some connections fail, the first decision settles it.
/// </param>
public sealed record DowningSettings(TimeSpan StableAfter, TimeSpan Turn)
{
    /// <summary>No unrest holds a decision up for longer than this.</summary>
    public TimeSpan Patience => 3 * (StableAfter + Turn);
}

/// <summary>The cluster as one member sees it.</summary>
/// <param name="Self">The member.</param>
/// <param name="Members">All that have not been removed, itself too.</param>
public sealed record DowningView(UniqueAddress Self, IReadOnlyList<DowningMember> Members);

/// <summary>A member of the cluster.</summary>
/// <param name="Node">Which.</param>
/// <param name="IsSeed">Whether it has the role.</param>
/// <param name="Age">Counts the members as they came up; <see cref="int.MaxValue"/> before.</param>
/// <param name="Status">What it is in the cluster.</param>
/// <param name="UnreachableFor">How long it has been unreachable; null if it is reachable.</param>
public sealed record DowningMember(UniqueAddress Node, bool IsSeed, int Age, MemberStatus Status, TimeSpan? UnreachableFor)
{
    /// <summary>
    /// Whether it counts. Who has not been up is not known on all sides; who is exiting is known to be on all.
    /// </summary>
    public bool Votes => IsSeed && Age != int.MaxValue && Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Down;
}

/// <summary>What to do.</summary>
/// <param name="Because">Why, for people.</param>
public abstract record DowningDecision(string Because)
{
    /// <summary>Nothing, for now.</summary>
    public sealed record Wait(string Because) : DowningDecision(Because);

    /// <summary>Down these: they are on no side that goes on.</summary>
    public sealed record Down(IReadOnlyList<UniqueAddress> Nodes, string Because) : DowningDecision(Because);

    /// <summary>Leave the cluster oneself: another side goes on, or none can know that it may.</summary>
    public sealed record Leave(string Because) : DowningDecision(Because);
}
