namespace Cairn.Storage.State;

/// <summary>Counts of <c>datetime64</c> and <c>timedelta64</c> arrays as scalars; a unit may carry a count of its own
/// (<c>25s</c>).</summary>
internal static class NumpyCalendar
{
    private static readonly Dictionary<string, (long PerSecond, string Format)> Clocks = new(StringComparer.Ordinal)
    {
        ["s"] = (1, "yyyy-MM-dd'T'HH:mm:ss"), ["ms"] = (1_000, "yyyy-MM-dd'T'HH:mm:ss.fff"),
        ["us"] = (1_000_000, "yyyy-MM-dd'T'HH:mm:ss.ffffff"), ["ns"] = (1_000_000_000, "yyyy-MM-dd'T'HH:mm:ss.fffffff"),
    };

    public static NumpyTimeDelta64 Delta(long count, string unit)
    {
        var (multiple, plain) = Split(unit);
        return new NumpyTimeDelta64(count == NumpyTimeDelta64.NotATime ? count : checked(count * multiple), plain);
    }

    public static NumpyDateTime64 Time(long count, string unit, string name)
    {
        var (multiple, plain) = Split(unit);
        if (count == NumpyTimeDelta64.NotATime)
            return new NumpyDateTime64("NaT", plain);

        try
        {
            return new NumpyDateTime64(Iso(checked(count * multiple), plain, name), plain);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new CheckpointSerializationException($"The metadata '{name}' holds a time outside the years 1 to 9999.", e);
        }
    }

    private static (long Multiple, string Unit) Split(string unit)
    {
        var digits = unit.TakeWhile(char.IsAsciiDigit).Count();
        return (digits == 0 ? 1 : long.Parse(unit[..digits], CultureInfo.InvariantCulture), unit[digits..]);
    }

    private static string Iso(long count, string unit, string name)
    {
        var epoch = new DateTime(1970, 1, 1);
        var culture = CultureInfo.InvariantCulture;
        if (Clocks.TryGetValue(unit, out var clock))
        {
            var (seconds, rest) = Math.DivRem(count, clock.PerSecond);
            var ticks = (decimal)rest * TimeSpan.TicksPerSecond / clock.PerSecond;
            var whole = decimal.Floor(ticks);
            var text = epoch.AddTicks(checked((seconds * TimeSpan.TicksPerSecond) + (long)whole)).ToString(clock.Format, culture);
            return unit == "ns" ? text + ((ticks - whole) * 100).ToString("00", culture) : text;
        }

        return unit switch
        {
            "Y" => epoch.AddYears(checked((int)count)).ToString("yyyy", culture),
            "M" => epoch.AddMonths(checked((int)count)).ToString("yyyy-MM", culture),
            "W" => epoch.AddDays(7d * count).ToString("yyyy-MM-dd", culture),
            "D" => epoch.AddDays(count).ToString("yyyy-MM-dd", culture),
            "h" => epoch.AddHours(count).ToString("yyyy-MM-dd'T'HH", culture),
            "m" => epoch.AddMinutes(count).ToString("yyyy-MM-dd'T'HH:mm", culture),
            _ => throw new CheckpointSerializationException(
                $"The metadata '{name}' holds times in units of '{unit}', which are not supported."),
        };
    }
}
