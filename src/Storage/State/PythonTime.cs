namespace Cairn.Storage.State;

/// <summary>Dates and times as Python's <c>isoformat</c> writes and <c>fromisoformat</c> reads them. Python counts microseconds, C# ticks
/// of 100 ns: what would lose digits is refused, since a restored state must equal the saved one.</summary>
internal static class PythonTime
{
    private const string StampFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffffzzz";

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.ffffff", "yyyy-MM-dd'T'HH:mm:ss.fff", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd",
        "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.ffffff",
    ];

    private static readonly string[] AwareFormats = [.. Formats.Select(f => f + "zzz"), .. Formats.Select(f => f + "'Z'")];

    public static string Iso(DateTimeOffset value) =>
        Iso(value.DateTime, "T")
        + (value.Offset < TimeSpan.Zero ? "-" : "+") + value.Offset.ToString(@"hh\:mm", CultureInfo.InvariantCulture);

    public static string Iso(DateTime naive, string separator)
    {
        WholeMicroseconds(naive.Ticks, "A date and time");
        var text = naive.ToString($"yyyy-MM-dd'{separator}'HH:mm:ss", CultureInfo.InvariantCulture);
        return naive.Ticks % TimeSpan.TicksPerSecond == 0 ? text : text + naive.ToString(".ffffff", CultureInfo.InvariantCulture);
    }

    public static string Iso(DateOnly value) => value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Now, as the original stamps its rows: UTC to the microsecond.</summary>
    public static string Stamp(DateTimeOffset now)
    {
        var utc = now.UtcDateTime;
        return Iso(new DateTime(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerMicrosecond)), "T") + "+00:00";
    }

    /// <summary>A <see cref="DateTimeOffset"/> when the text has an offset, else a naive <see cref="DateTime"/>; null when it is
    /// neither.</summary>
    public static object? ParseDateTime(string text)
    {
        var culture = CultureInfo.InvariantCulture;
        // What every row is stamped with comes first: in long catalogs the other formats would take longer than the rest of the row.
        if (DateTimeOffset.TryParseExact(text, StampFormat, culture, DateTimeStyles.None, out var stamp))
            return stamp;

        if (DateTime.TryParseExact(text, Formats, culture, DateTimeStyles.None, out var naive))
            return naive;

        return DateTimeOffset.TryParseExact(text, AwareFormats, culture, DateTimeStyles.AssumeUniversal, out var aware) ? aware : null;
    }

    /// <summary>Python's normal form: the days carry the sign.</summary>
    public static (long Days, long Seconds, long Microseconds) Parts(TimeSpan value)
    {
        WholeMicroseconds(value.Ticks, "A time span");
        var days = Math.DivRem(value.Ticks, TimeSpan.TicksPerDay, out var rest);
        if (rest < 0)
        {
            days--;
            rest += TimeSpan.TicksPerDay;
        }

        return (days, rest / TimeSpan.TicksPerSecond, rest % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);
    }

    /// <summary>The span of Python's three parts, or null when ticks cannot hold it.</summary>
    public static TimeSpan? Span(long days, long seconds, long microseconds)
    {
        var ticks = ((Int128)days * TimeSpan.TicksPerDay) + ((Int128)seconds * TimeSpan.TicksPerSecond)
            + ((Int128)microseconds * TimeSpan.TicksPerMicrosecond);
        return ticks >= long.MinValue && ticks <= long.MaxValue ? new TimeSpan((long)ticks) : null;
    }

    private static void WholeMicroseconds(long ticks, string what)
    {
        if (ticks % TimeSpan.TicksPerMicrosecond != 0)
            throw new CheckpointSerializationException(
                $"{what} of {ticks} ticks cannot be stored: the format counts whole microseconds (10 ticks). "
                + "Round the value before it is bound.");
    }
}
