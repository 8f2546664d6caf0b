namespace Cairn.Hocon.Units;

/// <summary>
/// Durations: a number and one of <c>ns us ms s m h d</c> or their long names (<c>seconds</c>, <c>10 days</c>), in lower case.
/// A number alone counts milliseconds, as the specification has it.
/// </summary>
public static class HoconDuration
{
    /// <summary>Reads a duration; false when the text is none, is finer than 100 ns, or does not fit.</summary>
    /// <param name="text">Such as <c>30m</c>, <c>6 hours</c>, <c>1.5h</c>.</param>
    /// <param name="value">The duration; it may be negative.</param>
    /// <param name="unitRequired">Whether a number alone is refused.</param>
    public static bool TryParse(string text, out TimeSpan value, bool unitRequired = false)
    {
        value = default;
        if (!UnitText.TrySplit(text, out var number, out var unit) || (unitRequired && unit.Length == 0) || Ticks(unit) is not { } ticks)
        {
            return false;
        }

        // A nanosecond is a hundredth of a tick: dividing last keeps the arithmetic exact.
        var exact = ticks == 0 ? UnitText.TryScale(number / 100, 1, out var count) : UnitText.TryScale(number, ticks, out count);
        value = new TimeSpan(count);
        return exact;
    }

    private static long? Ticks(string unit) => unit switch
    {
        "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => 0,
        "us" or "micro" or "micros" or "microsecond" or "microseconds" => TimeSpan.TicksPerMicrosecond,
        "" or "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.TicksPerMillisecond,
        "s" or "second" or "seconds" => TimeSpan.TicksPerSecond,
        "m" or "minute" or "minutes" => TimeSpan.TicksPerMinute,
        "h" or "hour" or "hours" => TimeSpan.TicksPerHour,
        "d" or "day" or "days" => TimeSpan.TicksPerDay,
        _ => null,
    };
}
