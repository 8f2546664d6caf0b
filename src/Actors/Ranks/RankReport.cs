using Cairn.Actors.Checkpointing;
using Cairn.Actors.Members;

namespace Cairn.Actors.Ranks;

/// <summary>What a rank tells.</summary>
/// <param name="Rank">The rank.</param>
public abstract record RankReport(int Rank)
{
    /// <summary>It has reached a boundary.</summary>
    /// <param name="Rank">The rank.</param>
    /// <param name="Boundary">The boundary.</param>
    /// <param name="Steps">Its model steps so far.</param>
    public sealed record Reached(int Rank, int Boundary, long Steps) : RankReport(Rank);

    /// <summary>
    /// It waits at a boundary for others. Reported again after every order that does not end the wait, so that a receiver that counts its
    /// orders knows whether the rank still waits.
    /// </summary>
    /// <param name="Rank">The rank.</param>
    /// <param name="Boundary">The boundary.</param>
    /// <param name="Orders">Orders that it has received.</param>
    public sealed record Waiting(int Rank, int Boundary, int Orders) : RankReport(Rank);

    /// <summary>A commit of it is durable; with one rank it is a session already.</summary>
    /// <param name="Commit">The commit.</param>
    public sealed record Staged(RankCommit Commit) : RankReport(Commit.Rank)
    {
        /// <summary>Time from when the rank began it.</summary>
        public TimeSpan Took { get; init; }
    }

    /// <summary>A commit of it failed.</summary>
    /// <param name="Rank">The rank.</param>
    /// <param name="Attempt">Which of the gang's commits.</param>
    /// <param name="Boundary">Its boundary.</param>
    /// <param name="Cause">What went wrong.</param>
    public sealed record StagingFailed(int Rank, int Attempt, int Boundary, string Cause) : RankReport(Rank);

    /// <summary>It has repeated the steps from an older session.</summary>
    /// <param name="Rank">The rank.</param>
    /// <param name="Boundary">The boundary whose state it restored and reached again.</param>
    /// <param name="IsExact">Whether every bit was the same.</param>
    /// <param name="Difference">The largest absolute difference.</param>
    public sealed record Verified(int Rank, int Boundary, bool IsExact, double Difference) : RankReport(Rank);

    /// <summary>Something that a user should know.</summary>
    /// <param name="Rank">The rank.</param>
    /// <param name="Text">What.</param>
    public sealed record Warned(int Rank, string Text) : RankReport(Rank);

    /// <summary>It has ended as it should: all is durable.</summary>
    /// <param name="Rank">The rank.</param>
    /// <param name="Completed">Whether at the last boundary; else where it was halted.</param>
    /// <param name="Boundary">The boundary that it stands at.</param>
    /// <param name="Steps">Its model steps.</param>
    public sealed record Ended(int Rank, bool Completed, int Boundary, long Steps) : RankReport(Rank);

    /// <summary>It has failed.</summary>
    /// <param name="Rank">The rank.</param>
    /// <param name="Failure">Why.</param>
    /// <param name="Steps">Its model steps.</param>
    public sealed record Failed(int Rank, GangFailure Failure, long Steps) : RankReport(Rank);
}
