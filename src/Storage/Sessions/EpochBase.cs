namespace Cairn.Storage.Sessions;

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
    public static EpochBase Of(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return new EpochBase(session, isNewest: false);
    }
}
