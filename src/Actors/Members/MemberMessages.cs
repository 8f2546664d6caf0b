using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Members;

/// <summary>Asks a batch to halt at the next boundary; it answers with <see cref="BatchEnded"/>.</summary>
internal sealed record HaltBatch;

/// <summary>Asks a batch to wait at the next boundary.</summary>
internal sealed record PauseBatch;

/// <summary>Asks a batch that waits to go on.</summary>
internal sealed record ResumeBatch;

/// <summary>Asks a batch to commit at the next boundary.</summary>
internal sealed record CommitBatch;

/// <summary>Ends a batch's gang at once, without making anything durable: the right to step it is lost.</summary>
internal sealed record AbandonBatch;

/// <summary>A batch is at its end, or will not get there.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Steps">Model steps that it took here.</param>
/// <param name="Completed">Whether it reached its last boundary.</param>
/// <param name="Error">Why it failed, or null when it did not.</param>
internal sealed record BatchEnded(MemberRange Batch, long Steps, bool Completed, Exception? Error);
