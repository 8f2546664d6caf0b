namespace Cairn.Storage.Sessions;

/// <summary>
/// One start of a batch's gang, as <c>epochs/&lt;epoch:08d&gt;.json</c> holds it. From the moment that it is on disk, sessions of lower
/// epochs count only if they are its base or the base's ancestors.
/// </summary>
/// <param name="Epoch">The number, from 1; it grows with every start.</param>
/// <param name="Base">The session that the gang began from, or null for a start from the initial condition.</param>
/// <param name="BaseEpoch">The base's epoch, so that its place in line is known even when the base itself has become unreadable.</param>
/// <param name="BaseSequence">The base's sequence; null for a session that Earth2Studio wrote, or when there is no base.</param>
/// <param name="Host">The machine that began the epoch.</param>
/// <param name="Pid">The process that began the epoch.</param>
/// <param name="StartedAt">When it began, by that machine's clock.</param>
/// <param name="Readable">False for a record whose file is damaged: then only its number is known.</param>
public sealed record EpochRecord(
    int Epoch,
    string? Base,
    int? BaseEpoch,
    long? BaseSequence,
    string Host,
    int Pid,
    DateTimeOffset StartedAt,
    bool Readable = true);
