using Cairn.Engine.Runs;

namespace Cairn.Actors.Nodes;

/// <summary>When this process must stop by itself, before its job's time limit ends it.</summary>
public static class WallClock
{
    /// <summary>When the process should halt at a boundary, and what set the limit, for people; null without a limit.</summary>
    /// <param name="started">When the process, or the job around it, began.</param>
    /// <exception cref="SpecException">An environment variable is malformed.</exception>
    public static (DateTimeOffset At, string Reason)? StopTime(NodeSpec node, Func<string, string?> environment, DateTimeOffset started)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(environment);
        return JobEnd.Of(node, environment, started) is { } end ? (Before(end.At, node.WallClockMargin), end.Reason) : null;
    }

    /// <summary>The delay of a timer until a time: 0 for a past one, and at most 49 days, the longest that .NET timers allow.</summary>
    public static TimeSpan Until(DateTimeOffset time, DateTimeOffset now) =>
        TimeSpan.FromTicks(Math.Clamp((time - now).Ticks, 0, TimeSpan.FromDays(49).Ticks));

    private static DateTimeOffset Before(DateTimeOffset time, TimeSpan span) =>
        span < time - DateTimeOffset.MinValue ? time - span : DateTimeOffset.MinValue;
}
