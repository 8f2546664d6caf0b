namespace Cairn.Actors.Checkpointing;

/// <summary>
/// Decides how far the ranks of a gang may step, so that all can be ordered to halt, wait or commit at one boundary although each is at
/// a different one when the order arrives. Pure.
/// </summary>
/// <remarks>
/// A rank steps as far as its permit. Permits stay ahead of the slowest rank, so that normally no rank waits for one. Every order to the
/// gang is for the newest permit or beyond, which no rank has passed. A gang of one rank needs no permits: it acts at its next boundary.
/// </remarks>
internal sealed class BoundaryPermits
{
    /// <summary>How many boundaries permits are ahead of the slowest rank.</summary>
    public const int Ahead = 2;

    public const int Unlimited = int.MaxValue;

    private readonly int[] _reached;
    private int _permit;
    private int? _halt;

    /// <param name="start">The boundary that the ranks start from, or -1.</param>
    public BoundaryPermits(int worldSize, int start)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(worldSize, 1);
        _reached = new int[worldSize];
        Array.Fill(_reached, start);
        _permit = IsAlone ? Unlimited : Math.Max(0, start) + Ahead;
    }

    /// <summary>The boundary that ranks may step to.</summary>
    public int Permit => IsPaused && IsAlone ? 0 : _permit;

    /// <summary>The boundary that all ranks have reached, or -1.</summary>
    public int Slowest => _reached.Min();

    public bool IsPaused { get; private set; }

    private bool IsAlone => _reached.Length == 1;

    /// <summary>A rank has reached a boundary. Returns the new permit of all ranks, or null if it is unchanged.</summary>
    public int? Reached(int rank, int boundary)
    {
        _reached[rank] = Math.Max(_reached[rank], boundary);
        return Extend();
    }

    /// <summary>The boundary to halt at, the same for every call; -1 for a single rank's next one.</summary>
    public int Halt() => _halt ??= IsAlone ? -1 : _permit;

    /// <summary>The boundary for an extra commit, -1 for a single rank's next one. Permits are extended that far.</summary>
    public int Commit() => IsAlone ? -1 : _halt is null ? ++_permit : _permit;

    /// <summary>No rank goes further than its permit.</summary>
    public void Pause() => IsPaused = true;

    /// <summary>Undoes <see cref="Pause"/>. Returns the ranks' permit.</summary>
    public int Resume()
    {
        IsPaused = false;
        return Extend() ?? _permit;
    }

    private int? Extend() => IsAlone || IsPaused || _halt is not null || Slowest + Ahead <= _permit ? null : _permit = Slowest + Ahead;
}
