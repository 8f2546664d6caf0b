using Cairn.ActorKernel.References;

namespace Cairn.ActorKernel.Cells;

/// <summary>A child as its parent sees it: its handle, and how often it was restarted.</summary>
internal sealed class ChildState(LocalActorRef child)
{
    private int _restarts;
    private long? _windowStart;

    public LocalActorRef Child => child;

    /// <summary>Counts a restart. False if it is one too many.</summary>
    /// <param name="limit">Restarts allowed (below 0: no limit) within so many milliseconds (0 or less: ever).</param>
    /// <param name="clock">Whose time the window is measured in.</param>
    public bool MayRestart((int Retries, int Milliseconds) limit, TimeProvider clock)
    {
        if (limit.Retries == 0)
        {
            return false;
        }

        if (limit.Milliseconds <= 0)
        {
            return limit.Retries < 0 || ++_restarts <= limit.Retries;
        }

        var now = clock.GetTimestamp();
        var start = _windowStart ??= now;
        if (clock.GetElapsedTime(start, now) > TimeSpan.FromMilliseconds(limit.Milliseconds))
        {
            // The window opens at a restart, stays open for its length, and is opened anew by the first restart after that.
            (_windowStart, _restarts) = (now, 1);
            return true;
        }

        return ++_restarts <= Math.Max(limit.Retries, 1);
    }
}
