using Cairn.Engine.Runs;

namespace Cairn.Actors.Nodes;

/// <summary>Tells when this process has to stop by itself, before somebody ends it.</summary>
public static class WallClock
{
    /// <summary>When a process halts at a boundary; null without a limit.</summary>
    /// <param name="node">The node's settings.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="started">When the process, or the job around it, began.</param>
    /// <returns>The time, and what set it, for people.</returns>
    /// <exception cref="SpecException">A variable is not of its form.</exception>
    public static (DateTimeOffset At, string Reason)? StopTime(NodeSpec node, Func<string, string?> environment, DateTimeOffset started)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(environment);
        if (node.WallClockLimit is { } limit)
        {
            return (Before(After(started, limit), node.WallClockMargin), "node.wall-clock-limit");
        }

        return JobEnd.Find(environment, started) is { } end ? (Before(end.At, node.WallClockMargin), end.Reason) : null;
    }

    /// <summary>A limit beyond the calendar is as good as its last day.</summary>
    private static DateTimeOffset After(DateTimeOffset time, TimeSpan span) =>
        span < DateTimeOffset.MaxValue - time ? time + span : DateTimeOffset.MaxValue;

    private static DateTimeOffset Before(DateTimeOffset time, TimeSpan span) =>
        span < time - DateTimeOffset.MinValue ? time - span : DateTimeOffset.MinValue;
}
