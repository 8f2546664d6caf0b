namespace Cairn.Engine.Rollouts;

/// <summary>How lead times are shown to people: in one unit where that is short, else in hours, minutes and seconds.</summary>
public static class LeadTimeText
{
    private const int MostOfOneUnit = 1000;

    /// <summary>For example <c>36 h</c>, <c>90 min</c>, <c>45 s</c> or <c>16801 h 30 min</c>.</summary>
    public static string Of(TimeSpan leadTime)
    {
        var (value, unit) = Whole(leadTime);
        if (Math.Abs(value) >= MostOfOneUnit && unit is "m" or "s")
            return Several(leadTime);
        return string.Create(CultureInfo.InvariantCulture, $"{value} {(unit == "m" ? "min" : unit)}");
    }

    /// <summary>The same in the form of checkpoints: whole hours, minutes, seconds or microseconds, in the largest unit that
    /// fits.</summary>
    public static NumpyTimeDelta64 ToNumpy(TimeSpan leadTime)
    {
        var (value, unit) = Whole(leadTime);
        return new NumpyTimeDelta64(value, unit);
    }

    private static string Several(TimeSpan leadTime)
    {
        var (whole, parts) = (leadTime.Duration(), new List<string>(3));
        Add((long)whole.TotalHours, "h");
        Add(whole.Minutes, "min");
        Add(whole.Seconds, "s");
        return (leadTime < TimeSpan.Zero ? "-" : "") + string.Join(' ', parts);

        void Add(long value, string unit)
        {
            if (value > 0)
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{value} {unit}"));
        }
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
                return (leadTime.Ticks / ticks, unit);
        }
        return (leadTime.Ticks / TimeSpan.TicksPerMicrosecond, "us");
    }
}
