namespace Cairn.Actors.Ranks;

/// <summary>An order to a rank from its gang's coordinator.</summary>
public abstract record RankOrder
{
    private RankOrder()
    {
    }

    /// <summary>It begins: all ranks of the gang are there.</summary>
    public sealed record Begin : RankOrder;

    /// <summary>It may step to this boundary, and not beyond.</summary>
    /// <param name="UpTo">The boundary.</param>
    public sealed record Permit(int UpTo) : RankOrder;

    /// <summary>It halts at a boundary and makes all durable; -1 for the next that it comes to.</summary>
    /// <param name="Boundary">The boundary.</param>
    public sealed record Halt(int Boundary) : RankOrder;

    /// <summary>It commits at a boundary, due or not; -1 for the next that it comes to.</summary>
    /// <param name="Boundary">The boundary.</param>
    public sealed record Commit(int Boundary) : RankOrder;

    /// <summary>What became of a commit that it staged.</summary>
    /// <param name="Attempt">Which of the gang's commits.</param>
    /// <param name="Boundary">The boundary of the gang's newest session; -1 when there is none.</param>
    public sealed record Verdict(int Attempt, int Boundary) : RankOrder;
}
