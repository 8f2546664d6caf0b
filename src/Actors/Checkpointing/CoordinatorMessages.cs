namespace Cairn.Actors.Checkpointing;

/// <summary>The gang is there: its ranks may begin. The first message of a coordinator.</summary>
/// <param name="Workers">One a rank.</param>
internal sealed record GangAssembled(IReadOnlyList<IActorRef> Workers) : INoSerializationVerificationNeeded;

/// <summary>The gang halts at the next boundary that all its ranks can, makes all durable, and ends.</summary>
internal sealed record HaltGang : INoSerializationVerificationNeeded;

/// <summary>The gang waits at a boundary.</summary>
internal sealed record PauseGang : INoSerializationVerificationNeeded;

/// <summary>The gang goes on.</summary>
internal sealed record ResumeGang : INoSerializationVerificationNeeded;

/// <summary>The gang commits at the next boundary that all its ranks can.</summary>
internal sealed record CommitGang : INoSerializationVerificationNeeded;

/// <summary>Told to the supervisor: there is a session.</summary>
/// <param name="Session">Its name.</param>
/// <param name="Boundary">Its boundary.</param>
/// <param name="Took">Time from the first rank's commit on.</param>
internal sealed record SessionMade(string Session, int Boundary, TimeSpan Took) : INoSerializationVerificationNeeded;

/// <summary>Told to the supervisor: there will be none, and the gang goes on.</summary>
/// <param name="Boundary">The boundary.</param>
/// <param name="Cause">Why.</param>
internal sealed record SessionGivenUp(int Boundary, string Cause) : INoSerializationVerificationNeeded;

/// <summary>Told to the supervisor: all ranks have reached a boundary.</summary>
/// <param name="Boundary">The boundary.</param>
/// <param name="Steps">Model steps of a rank so far.</param>
internal sealed record GangReached(int Boundary, long Steps) : INoSerializationVerificationNeeded;

/// <summary>Told to the supervisor: all ranks wait at a boundary.</summary>
/// <param name="Boundary">The boundary.</param>
internal sealed record GangWaits(int Boundary) : INoSerializationVerificationNeeded;

/// <summary>Told to the supervisor: no session can be made any more.</summary>
/// <param name="Cause">Why.</param>
/// <param name="IsPermanent">Whether a new gang could not make one either.</param>
internal sealed record CommitsFailed(string Cause, bool IsPermanent) : INoSerializationVerificationNeeded;

/// <summary>Told to the supervisor: a rank gets nowhere.</summary>
/// <param name="Rank">The rank.</param>
/// <param name="Boundary">The boundary that the gang is on its way to.</param>
internal sealed record RankIsLate(int Rank, int Boundary) : INoSerializationVerificationNeeded;
