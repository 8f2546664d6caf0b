using Cairn.Engine.Runs;

namespace Cairn.Actors.Nodes;

/// <summary>Says when this process has to stop by itself, before it is ended.</summary>
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
        return JobEnd.Of(node, environment, started) is { } end ? (Before(end.At, node.WallClockMargin), end.Reason) : null;
    }

    /// <summary>How long a timer runs to a time: not at all to one that is past, and 49 days, all that timers count, at most.</summary>
    public static TimeSpan Until(DateTimeOffset time, DateTimeOffset now) =>
        TimeSpan.FromTicks(Math.Clamp((time - now).Ticks, 0, TimeSpan.FromDays(49).Ticks));

    private static DateTimeOffset Before(DateTimeOffset time, TimeSpan span) =>
        span < time - DateTimeOffset.MinValue ? time - span : DateTimeOffset.MinValue;
}
