using Cairn.Storage.Catalog;

namespace Cairn.Actors.Checkpointing;

/// <summary>
/// Decides from measurements at which boundaries a gang commits (<c>checkpoint.flush-interval = auto</c>): ranks that decided separately
/// would differ. Pure: it takes times.
/// </summary>
internal sealed class GangFlush
{
    private readonly FlushInterval _interval;
    private readonly int _multiple;
    private TimeSpan? _reachedAt;
    private int _reached;
    private int _last = -1;

    /// <param name="boundary">The boundary that the gang starts after, or -1.</param>
    public GangFlush(AutoFlush settings, int boundary)
    {
        _interval = new FlushInterval(settings);
        _multiple = settings.Multiple;
        _last = _reached = boundary;
    }

    /// <summary>All ranks have reached a boundary. Returns a boundary beyond their permit where all commit, or null.</summary>
    public int? Reached(int boundary, int permit, TimeSpan now)
    {
        if (_reachedAt is { } before && boundary > _reached)
            _interval.CountBoundary((now - before) / (boundary - _reached));

        (_reachedAt, _reached) = (now, boundary);
        var due = Aligned(Math.Max(_last + _interval.Boundaries, permit + 1));
        if (due > permit + _multiple)
        {
            // Too early: decide later, with more measurements.
            return null;
        }

        _last = due;
        return due;
    }

    /// <summary>A session was committed, this long after the first rank staged.</summary>
    public void Committed(TimeSpan writing)
    {
        // Ranks copy their state and continue: the boundary's time already includes the copy.
        _interval.CountStall(writing / 10);
        _interval.CountWriting(writing);
    }

    /// <summary>The first boundary from this one on whose write count is a multiple.</summary>
    private int Aligned(int boundary) => ((boundary + _multiple) / _multiple * _multiple) - 1;
}
