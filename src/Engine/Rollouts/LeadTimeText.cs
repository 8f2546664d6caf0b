using System.Globalization;
using Cairn.Storage.State;

namespace Cairn.Engine.Rollouts;

/// <summary>How lead times are shown to people: in hours where they are whole hours, else in minutes or seconds.</summary>
public static class LeadTimeText
{
    /// <summary>For example <c>36 h</c>, <c>90 min</c> or <c>45 s</c>.</summary>
    public static string Of(TimeSpan leadTime)
    {
        var (value, unit) = Whole(leadTime);
        return string.Create(CultureInfo.InvariantCulture, $"{value} {(unit == "m" ? "min" : unit)}");
    }

    /// <summary>
    /// The same as checkpoints keep it: whole hours, minutes, seconds or microseconds, whichever is the longest that fits.
    /// </summary>
    public static NumpyTimeDelta64 ToNumpy(TimeSpan leadTime)
    {
        var (value, unit) = Whole(leadTime);
        return new NumpyTimeDelta64(value, unit);
    }

    private static (long Value, string Unit) Whole(TimeSpan leadTime)
    {
        ReadOnlySpan<(long Ticks, string Unit)> units =
        [
            (TimeSpan.TicksPerHour, "h"), (TimeSpan.TicksPerMinute, "m"), (TimeSpan.TicksPerSecond, "s"),
            (TimeSpan.TicksPerMillisecond, "ms"),
        ];
        foreach (var (ticks, unit) in units)
        {
            if (leadTime.Ticks % ticks == 0)
            {
                return (leadTime.Ticks / ticks, unit);
            }
        }

        return (leadTime.Ticks / TimeSpan.TicksPerMicrosecond, "us");
    }
}
