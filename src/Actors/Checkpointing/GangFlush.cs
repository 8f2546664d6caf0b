using Cairn.Storage.Catalog;

namespace Cairn.Actors.Checkpointing;

/// <summary>
/// Decides for all ranks of a gang at which boundaries they commit, if that follows from measurements
/// (<c>checkpoint.flush-interval = auto</c>): separately they would come to different answers. Pure: it takes times.
/// </summary>
public sealed class GangFlush
{
    private readonly FlushInterval _interval;
    private readonly int _multiple;
    private TimeSpan? _reachedAt;
    private int _reached;
    private int _last = -1;

    /// <param name="settings">What is known beforehand.</param>
    /// <param name="boundary">The boundary that the gang starts after, or -1.</param>
    public GangFlush(AutoFlush settings, int boundary)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _interval = new FlushInterval(settings);
        _multiple = settings.Multiple;
        _last = _reached = boundary;
    }

    /// <summary>All ranks have reached a boundary.</summary>
    /// <param name="boundary">The boundary.</param>
    /// <param name="permit">The boundary that they may have been told to step to: what is asked of them now lies beyond it.</param>
    /// <param name="now">The time.</param>
    /// <returns>A boundary where all ranks are to commit, or null.</returns>
    public int? Reached(int boundary, int permit, TimeSpan now)
    {
        if (_reachedAt is { } before && boundary > _reached)
        {
            _interval.CountBoundary((now - before) / (boundary - _reached));
        }

        (_reachedAt, _reached) = (now, boundary);
        var due = Aligned(Math.Max(_last + _interval.Boundaries, permit + 1));
        if (due > permit + _multiple)
        {
            // Not yet: what is measured in the meantime counts as well.
            return null;
        }

        _last = due;
        return due;
    }

    /// <summary>A session was committed.</summary>
    /// <param name="writing">The time from the first rank's staging to the session.</param>
    public void Committed(TimeSpan writing)
    {
        // Ranks copy their state and go on: what they stand still for is part of the boundary's time already.
        _interval.CountStall(writing / 10);
        _interval.CountWriting(writing);
    }

    /// <summary>The first boundary from here on whose write count is a multiple.</summary>
    private int Aligned(int boundary) => ((boundary + _multiple) / _multiple * _multiple) - 1;
}
