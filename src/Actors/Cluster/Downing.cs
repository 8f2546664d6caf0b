using Akka.Cluster;

namespace Cairn.Actors.Cluster;

/// <summary>
/// Decides who leaves a split cluster. Pure: each seed decides on its own view, independent of the others.
/// </summary>
/// <remarks>
/// <para>Seeds vote, workers don't: a side continues with more than half of the seeds, or with half of them and the oldest. It downs the
/// members that it does not reach. Seeds of the other sides leave; workers of sides without a seed continue and wait.</para>
/// <para>A seed that rejoins a cluster of workers only removes dead workers.</para>
/// <para>A seed counts until it has been removed, also after it was downed: removal needs the consent of every member that is not downed,
/// so no seed can outvote the others one by one as it loses contact with them. If all other seeds were downed, the last continues.</para>
/// </remarks>
internal static class Downing
{
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
            return new DowningDecision.Wait("only a seed that is up decides");

        var settled = gone.Where(m => m.UnreachableFor >= settings.StableAfter + (turn * settings.Turn)).ToList();
        if (settled.Count == 0)
            return new DowningDecision.Wait(gone.Count == 0 ? "all are reachable" : "it may pass");

        var unrest = gone.Any(m => m.Votes && m.UnreachableFor < settings.StableAfter);
        return unrest && settled.All(m => m.UnreachableFor < settings.Patience)
            ? new DowningDecision.Wait("more seeds are being lost right now")
            : Count(voters, settled);
    }

    /// <summary>Whether it is a seed that joins workers only: it cannot become a member until dead ones are removed.</summary>
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

/// <summary>Waiting times of decisions: until a member is given up, and between the oldest seed and each younger one.</summary>
internal sealed record DowningSettings(TimeSpan StableAfter, TimeSpan Turn)
{
    /// <summary>The longest that further losses delay a decision.</summary>
    public TimeSpan Patience => 3 * (StableAfter + Turn);
}

/// <summary>The cluster as one member sees it.</summary>
internal sealed record DowningView(UniqueAddress Self, IReadOnlyList<DowningMember> Members);

/// <summary>A member of the cluster.</summary>
internal sealed record DowningMember(UniqueAddress Node, bool IsSeed, int Age, MemberStatus Status, TimeSpan? UnreachableFor)
{
    /// <summary>Whether it votes: all sides must know that it was up, and that it is not exiting.</summary>
    public bool Votes => IsSeed && Age != int.MaxValue && Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Down;
}

/// <summary>A decision.</summary>
internal abstract record DowningDecision(string Because)
{
    /// <summary>Do nothing for now.</summary>
    public sealed record Wait(string Because) : DowningDecision(Because);

    /// <summary>Down these: they are on no side that continues.</summary>
    public sealed record Down(IReadOnlyList<UniqueAddress> Nodes, string Because) : DowningDecision(Because);

    /// <summary>Leave the cluster: another side may continue.</summary>
    public sealed record Leave(string Because) : DowningDecision(Because);
}
