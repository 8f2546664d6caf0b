namespace Cairn.Actors.Checkpointing;

/// <summary>What the barrier makes of a report.</summary>
public abstract record BarrierDecision
{
    private BarrierDecision()
    {
    }

    /// <summary>Nothing yet: other ranks are still to stage.</summary>
    public sealed record Wait : BarrierDecision;

    /// <summary>All ranks have staged the same boundary under the same epoch: their commits become a session.</summary>
    /// <param name="Attempt">The attempt.</param>
    /// <param name="Boundary">Its boundary.</param>
    /// <param name="Commits">One commit a rank, in order of ranks.</param>
    public sealed record Commit(int Attempt, int Boundary, IReadOnlyList<RankCommit> Commits) : BarrierDecision;

    /// <summary>There will be no session of this attempt.</summary>
    /// <param name="Attempt">The attempt.</param>
    /// <param name="Boundary">The boundary that it was about.</param>
    /// <param name="Leftovers">What was staged for it, to be deleted.</param>
    /// <param name="Cause">Why.</param>
    public sealed record Abort(int Attempt, int Boundary, IReadOnlyList<RankCommit> Leftovers, string Cause) : BarrierDecision;

    /// <summary>The commit came too late, or belongs to nobody: it is to be deleted, and nothing else happens.</summary>
    public sealed record Discard(RankCommit Leftover) : BarrierDecision;

    /// <summary>The report changes nothing: it was heard before, or comes from another gang.</summary>
    public sealed record Ignore : BarrierDecision;
}
