using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Members;

/// <summary>Asks a batch to halt at the next boundary; it answers with <see cref="BatchEnded"/>.</summary>
internal sealed record HaltBatch : INoSerializationVerificationNeeded;

/// <summary>Asks a batch to wait at the next boundary.</summary>
internal sealed record PauseBatch : INoSerializationVerificationNeeded;

/// <summary>Asks a batch that waits to go on.</summary>
internal sealed record ResumeBatch : INoSerializationVerificationNeeded;

/// <summary>Asks a batch to commit at the next boundary.</summary>
internal sealed record CommitBatch : INoSerializationVerificationNeeded;

/// <summary>Ends a batch's gang at once, without making anything durable: the right to step it is lost.</summary>
internal sealed record AbandonBatch : INoSerializationVerificationNeeded;

/// <summary>
/// Told to a supervisor's parent: the batch is at its end, or will not get there, and its keeper knows, or has withdrawn the grant.
/// </summary>
/// <param name="Batch">The batch.</param>
/// <param name="Steps">Model steps that it took here.</param>
/// <param name="Completed">Whether it reached its last boundary.</param>
/// <param name="Error">Why it failed, or null when it did not.</param>
internal sealed record BatchEnded(MemberRange Batch, long Steps, bool Completed, string? Error) : INoSerializationVerificationNeeded;

/// <summary>What a supervisor is made with.</summary>
/// <param name="Grant">The batch, and the word that it may be run here.</param>
/// <param name="Run">The run, as this node has it.</param>
/// <param name="Ranks">The place of its ranks: see <see cref="Cairn.Actors.Ranks.RankPlaces"/>.</param>
/// <param name="Registry">Passes reports on to the run's keeper.</param>
internal sealed record MemberSupervisorSetup(Grant Grant, RunContext Run, IActorRef Ranks,
    IActorRef Registry) : INoSerializationVerificationNeeded;
