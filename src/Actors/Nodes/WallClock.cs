using System.Globalization;
using System.Text.RegularExpressions;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Nodes;

/// <summary>Tells when this process has to stop by itself, before somebody ends it.</summary>
public static partial class WallClock
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

        List<(DateTimeOffset At, string Reason)> ends = [.. new[] { Slurm(environment), Chm(environment, started) }
            .OfType<(DateTimeOffset At, string Reason)>()];
        return ends.Count == 0 ? null : ends.Select(e => (Before(e.At, node.WallClockMargin), e.Reason)).MinBy(e => e.Item1);
    }

    /// <summary>A limit beyond the calendar is as good as its last day.</summary>
    private static DateTimeOffset After(DateTimeOffset time, TimeSpan span) =>
        span < DateTimeOffset.MaxValue - time ? time + span : DateTimeOffset.MaxValue;

    private static DateTimeOffset Before(DateTimeOffset time, TimeSpan span) =>
        span < time - DateTimeOffset.MinValue ? time - span : DateTimeOffset.MinValue;

    /// <summary>Slurm sets it, in seconds since 1970, from version 22.05 on.</summary>
    private static (DateTimeOffset At, string Reason)? Slurm(Func<string, string?> environment)
    {
        const string name = "SLURM_JOB_END_TIME";
        if (environment(name) is not { Length: > 0 } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? (DateTimeOffset.FromUnixTimeSeconds(seconds), name)
            : throw Malformed(name, text, "seconds since 1970");
    }

    private static (DateTimeOffset At, string Reason)? Chm(Func<string, string?> environment, DateTimeOffset started)
    {
        const string name = "CHM_WALLCLOCK_LIMIT";
        if (environment(name) is not { Length: > 0 } text)
        {
            return null;
        }

        var match = Limit().Match(text);
        if (!match.Success)
        {
            throw Malformed(name, text, "[days-]hh:mm:ss");
        }

        return (started + new TimeSpan(Part(match, 1), Part(match, 2), Part(match, 3), Part(match, 4)), name);
    }

    private static int Part(Match match, int group) =>
        match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : 0;

    private static SpecException Malformed(string name, string found, string expected) => new(
        $"The environment's {name} is '{found}'; expected {expected}. Correct it, or set node.wall-clock-limit.");

    [GeneratedRegex(@"\A(?:([0-9]{1,4})-)?([0-9]{1,4}):([0-5]?[0-9]):([0-5]?[0-9])\z", RegexOptions.CultureInvariant)]
    private static partial Regex Limit();
}
