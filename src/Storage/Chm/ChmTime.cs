namespace Cairn.Storage.Chm;

/// <summary>The time of a CHM checkpoint: the end of the step just done, where the next step starts. UTC, in whole seconds since 1970, as
/// CHM keeps it.</summary>
public readonly record struct ChmTime : IComparable<ChmTime>
{
    private const string NameFormat = "yyyyMMdd'T'HHmmss";

    private static readonly long LastSecond = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero).ToUnixTimeSeconds();

    private ChmTime(long seconds) => Seconds = seconds;

    /// <summary>Seconds since 1970-01-01T00:00:00 UTC.</summary>
    public long Seconds { get; }

    /// <summary>As file names have it: <c>20200125T140000</c>.</summary>
    public string Name => ToDateTime().ToString(NameFormat, CultureInfo.InvariantCulture);

    /// <summary>As the attribute <c>restart_time</c> has it: <c>2020-Jan-25 14:00:00</c>.</summary>
    public string Text => ToDateTime().ToString("yyyy-MMM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A moment from 1970 to 9999, taken as UTC unless it says otherwise.</summary>
    /// <exception cref="SpecException">It lies before 1970, or between two seconds.</exception>
    public static ChmTime From(DateTime time)
    {
        var utc = time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time;
        var ticks = utc.Ticks - DateTime.UnixEpoch.Ticks;
        return ticks >= 0 && ticks % TimeSpan.TicksPerSecond == 0
            ? new ChmTime(ticks / TimeSpan.TicksPerSecond)
            : throw new SpecException(string.Create(
                CultureInfo.InvariantCulture,
                $"A CHM checkpoint at {utc:yyyy-MM-dd HH:mm:ss.fffffff} is impossible: its format counts whole seconds since 1970."));
    }

    /// <summary>Seconds since 1970; false when they lie outside the years 1970 to 9999.</summary>
    public static bool TryFromSeconds(double seconds, out ChmTime time)
    {
        var good = seconds >= 0 && seconds <= LastSecond && Math.Floor(seconds) == seconds;
        time = new ChmTime(good ? (long)seconds : 0);
        return good;
    }

    /// <summary>Reads <c>20200125T140000</c>; false when the text is no such time.</summary>
    public static bool TryParseName(string text, out ChmTime time)
    {
        var good = DateTime.TryParseExact(
            text, NameFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var moment)
            && moment >= DateTime.UnixEpoch;
        time = good ? From(moment) : default;
        return good;
    }

    /// <summary>The moment as .NET counts it, in UTC.</summary>
    public DateTime ToDateTime() => DateTime.UnixEpoch.AddSeconds(Seconds);
    public int CompareTo(ChmTime other) => Seconds.CompareTo(other.Seconds);
    public static bool operator <(ChmTime left, ChmTime right) => left.CompareTo(right) < 0;
    public static bool operator >(ChmTime left, ChmTime right) => left.CompareTo(right) > 0;
    public static bool operator <=(ChmTime left, ChmTime right) => left.CompareTo(right) <= 0;
    public static bool operator >=(ChmTime left, ChmTime right) => left.CompareTo(right) >= 0;
    public override string ToString() => Text;
}
