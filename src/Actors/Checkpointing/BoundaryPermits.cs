namespace Cairn.Actors.Checkpointing;

/// <summary>
/// Decides how far the ranks of a gang may step, so that they can be ordered to halt, to wait or to commit at the same boundary
/// although each is at a different one when the order comes. Pure.
/// </summary>
/// <remarks>
/// A rank may step beyond a boundary as long as its permit is further ahead. Permits run a few boundaries ahead of the slowest rank, so
/// that normally no rank waits for one; every order to the gang is for the newest permit or beyond it, which
/// no rank has passed. A gang of one rank needs no permits: it halts, waits or commits at its next boundary.
/// </remarks>
public sealed class BoundaryPermits
{
    /// <summary>Boundaries that permits run ahead of the slowest rank.</summary>
    public const int Ahead = 2;

    /// <summary>A permit to step without end.</summary>
    public const int Unlimited = int.MaxValue;

    private readonly int[] _reached;
    private int _permit;
    private int? _halt;

    /// <param name="worldSize">Ranks of the gang.</param>
    /// <param name="start">The boundary that they stand at, or -1.</param>
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

    /// <summary>Whether no further permits are given for now.</summary>
    public bool IsPaused { get; private set; }

    private bool IsAlone => _reached.Length == 1;

    /// <summary>A rank has reached a boundary. Returns the new permit of all ranks, or null when nothing changes.</summary>
    public int? Reached(int rank, int boundary)
    {
        _reached[rank] = Math.Max(_reached[rank], boundary);
        return Extend();
    }

    /// <summary>Where the gang is to halt; asked again, it stays.</summary>
    /// <returns>The boundary; -1 for the next that a rank on its own comes to.</returns>
    public int Halt() => _halt ??= IsAlone ? -1 : _permit;

    /// <summary>Where all ranks are to commit, besides the boundaries where they would anyway; permits go at least that far.</summary>
    /// <returns>The boundary; -1 for the next that a rank on its own comes to.</returns>
    public int Commit()
    {
        if (IsAlone)
        {
            return -1;
        }

        _permit = _halt is null ? _permit + 1 : _permit;
        return _permit;
    }

    /// <summary>No rank goes further than its permit.</summary>
    public void Pause() => IsPaused = true;

    /// <summary>Ranks go on. Returns their permit.</summary>
    public int Resume()
    {
        IsPaused = false;
        _ = Extend();
        return _permit;
    }

    private int? Extend()
    {
        if (IsAlone || IsPaused || _halt is not null || Slowest + Ahead <= _permit)
        {
            return null;
        }

        return _permit = Slowest + Ahead;
    }
}
