namespace Cairn.Actors.Checkpointing;

/// <summary>A rank's commit, durable and waiting to become part of a session.</summary>
/// <param name="Rank">The rank.</param>
/// <param name="Epoch">The epoch that it was staged under.</param>
/// <param name="Attempt">Which of the gang's commits it belongs to, counted from 1: all ranks make the same ones in the same order.</param>
/// <param name="Boundary">The boundary that it holds.</param>
/// <param name="CommitId">Its name.</param>
public sealed record RankCommit(int Rank, int Epoch, int Attempt, int Boundary, string CommitId);
