namespace Cairn.Storage.State;

/// <summary>A <c>numpy.timedelta64</c>: a whole number of units (<c>h</c>, <c>m</c>, <c>s</c>, <c>ms</c>, <c>us</c>, <c>ns</c>, <c>D</c>,
/// …).</summary>
/// <param name="Value">The count; <see cref="NotATime"/> is NumPy's NaT.</param>
/// <param name="Unit">NumPy's unit code.</param>
public sealed record NumpyTimeDelta64(long Value, string Unit)
{
    /// <summary>The count that NumPy prints as NaT.</summary>
    public const long NotATime = long.MinValue;

    // Ticks of 100 ns; what is finer than a tick is divided instead.
    private static readonly (string Unit, long Ticks)[] Coarse =
    [
        ("W", 7 * TimeSpan.TicksPerDay), ("D", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond), ("us", TimeSpan.TicksPerMicrosecond),
    ];

    /// <summary>The same time in the largest of h, m, s, ms, us and ns that holds it exactly: 6 h prints as <c>6 hours</c>.</summary>
    public static NumpyTimeDelta64 From(TimeSpan value)
    {
        foreach (var (unit, ticks) in Coarse.AsSpan(2))
        {
            if (value.Ticks % ticks == 0)
                return new NumpyTimeDelta64(value.Ticks / ticks, unit);
        }

        return new NumpyTimeDelta64(checked(value.Ticks * 100), "ns");
    }

    /// <summary>The time as a <see cref="TimeSpan"/>, or null for NaT, for months and years, and for what ticks cannot hold
    /// exactly.</summary>
    public TimeSpan? ToTimeSpan()
    {
        if (Value == NotATime)
            return null;

        var ticks = Array.Find(Coarse, c => c.Unit == Unit).Ticks;
        if (ticks > 0)
        {
            var total = (Int128)Value * ticks;
            return total >= long.MinValue && total <= long.MaxValue ? new TimeSpan((long)total) : null;
        }

        return Unit is "ns" && Value % 100 == 0 ? new TimeSpan(Value / 100) : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value} {Unit}");
}

/// <summary>A <c>numpy.datetime64</c> as NumPy prints it.</summary>
/// <param name="Value">ISO text to the precision of the unit: <c>2024-01-01T18</c> for hours; or <c>NaT</c>.</param>
/// <param name="Unit">NumPy's unit code.</param>
public sealed record NumpyDateTime64(string Value, string Unit)
{
    public override string ToString() => Value;
}
