namespace Cairn.Actors.Checkpointing;

/// <summary>
/// Tracks which ranks of a gang are busy, and which for too long. Pure: it takes the ranks' reports and orders, with the time.
/// </summary>
/// <remarks>
/// A rank that waits for others reports how many orders it has received. After another order it counts as busy until it reports that it
/// still waits: a process that died before that report never counts as idle.
/// </remarks>
internal sealed class GangWatch
{
    private readonly TimeSpan _deadline;
    private readonly Rank[] _ranks;
    private int _orders;

    public GangWatch(int worldSize, TimeSpan deadline, TimeSpan now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(worldSize, 1);
        _deadline = deadline;
        _ranks = new Rank[worldSize];
        Array.Fill(_ranks, new Rank(now, WaitsSince: -1, HasEnded: false));
    }

    /// <summary>Whether every rank waits for others or has ended.</summary>
    public bool IsIdle => Array.TrueForAll(_ranks, rank => !IsBusy(rank));

    public void Progressed(int rank, TimeSpan now) => _ranks[rank] = _ranks[rank] with { Since = now, WaitsSince = -1 };

    /// <summary>A rank waits for others, after this many orders.</summary>
    public void Waits(int rank, int orders) => _ranks[rank] = _ranks[rank] with { WaitsSince = orders };

    /// <summary>All ranks are sent an order, which makes idle ones busy.</summary>
    public void Ordered(TimeSpan now)
    {
        for (var rank = 0; rank < _ranks.Length; rank++)
        {
            if (!IsBusy(_ranks[rank]))
                _ranks[rank] = _ranks[rank] with { Since = now };
        }

        _orders++;
    }

    public void Ended(int rank) => _ranks[rank] = _ranks[rank] with { HasEnded = true };

    /// <summary>The ranks that have been busy for longer than the deadline.</summary>
    public IEnumerable<int> Late(TimeSpan now) =>
        Enumerable.Range(0, _ranks.Length).Where(rank => IsBusy(_ranks[rank]) && now - _ranks[rank].Since > _deadline);

    private bool IsBusy(Rank rank) => !rank.HasEnded && rank.WaitsSince != _orders;

    private readonly record struct Rank(TimeSpan Since, int WaitsSince, bool HasEnded);
}
