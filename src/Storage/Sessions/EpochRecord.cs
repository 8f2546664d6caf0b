namespace Cairn.Storage.Sessions;

/// <summary>One start of a batch's gang, as <c>epochs/&lt;epoch:08d&gt;.json</c> holds it. From the moment that it is on disk, sessions of
/// lower epochs count only if they are its base or the base's ancestors.</summary>
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

/// <summary>The session that an epoch is begun from.</summary>
public sealed record EpochBase
{
    private EpochBase(Session? session, bool isNewest) => (Session, IsNewest) = (session, isNewest);

    /// <summary>The newest intact one, or the initial condition if there is none.</summary>
    public static EpochBase Newest { get; } = new(null, isNewest: true);

    /// <summary>The initial condition: no session that is there counts from then on.</summary>
    public static EpochBase None { get; } = new(null, isNewest: false);

    /// <summary>The session, or null.</summary>
    public Session? Session { get; }

    internal bool IsNewest { get; }

    /// <summary>This one: newer ones do not count from then on.</summary>
    public static EpochBase Of(Session session) => new EpochBase(session, isNewest: false);
}
