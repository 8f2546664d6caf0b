namespace Cairn.Actors.Checkpointing;

/// <summary>
/// Knows which ranks of a gang are busy, and which of those for too long. Pure: it takes the reports of ranks
/// and the orders to them, with the time.
/// </summary>
/// <remarks>
/// A rank that waits for others says how many orders it has received. Once it is sent another, it counts as busy again, until it says that
/// it still waits: so a process that dies never counts as idle because its last report was lost with it.
/// </remarks>
public sealed class GangWatch
{
    private readonly TimeSpan _deadline;
    private readonly Rank[] _ranks;
    private int _orders;

    /// <param name="worldSize">Ranks of the gang.</param>
    /// <param name="deadline">The longest that a rank may take to its next boundary.</param>
    /// <param name="now">The time: all begin to count.</param>
    public GangWatch(int worldSize, TimeSpan deadline, TimeSpan now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(worldSize, 1);
        _deadline = deadline;
        _ranks = new Rank[worldSize];
        Array.Fill(_ranks, new Rank(now, WaitsSince: -1, HasEnded: false));
    }

    /// <summary>Whether no rank has anything in hand: each waits for others, or has ended.</summary>
    public bool IsIdle => Array.TrueForAll(_ranks, rank => !IsBusy(rank));

    /// <summary>A rank has reached a boundary.</summary>
    public void Progressed(int rank, TimeSpan now) => _ranks[rank] = _ranks[rank] with { Since = now, WaitsSince = -1 };

    /// <summary>A rank waits for others.</summary>
    /// <param name="rank">The rank.</param>
    /// <param name="orders">Orders that it has had.</param>
    public void Waits(int rank, int orders) => _ranks[rank] = _ranks[rank] with { WaitsSince = orders };

    /// <summary>All ranks are sent an order: those that wait may have something in hand from now on.</summary>
    public void Ordered(TimeSpan now)
    {
        for (var rank = 0; rank < _ranks.Length; rank++)
        {
            if (!IsBusy(_ranks[rank]))
            {
                _ranks[rank] = _ranks[rank] with { Since = now };
            }
        }

        _orders++;
    }

    /// <summary>A rank has ended as it should.</summary>
    public void Ended(int rank) => _ranks[rank] = _ranks[rank] with { HasEnded = true };

    /// <summary>The ranks that have had something in hand for longer than they may.</summary>
    public IEnumerable<int> Late(TimeSpan now) =>
        Enumerable.Range(0, _ranks.Length).Where(rank => IsBusy(_ranks[rank]) && now - _ranks[rank].Since > _deadline);

    private bool IsBusy(Rank rank) => !rank.HasEnded && rank.WaitsSince != _orders;

    private readonly record struct Rank(TimeSpan Since, int WaitsSince, bool HasEnded);
}
