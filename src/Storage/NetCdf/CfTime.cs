using System.Text.RegularExpressions;

namespace Cairn.Storage.NetCdf;

/// <summary>A moment in one of the CF calendars, in UTC, to the microsecond.</summary>
public readonly partial record struct CfTime : IComparable<CfTime>
{
    private const long DayMicroseconds = 86_400_000_000;

    private CfTime(CfCalendar calendar, Int128 microseconds)
    {
        Calendar = calendar;
        Microseconds = microseconds;
    }

    public CfCalendar Calendar { get; }

    public int Year => Date.Year;
    public int Month => Date.Month;
    public int Day => Date.Day;

    /// <summary>Time since midnight.</summary>
    public TimeSpan TimeOfDay => new((long)(Microseconds - ((Int128)DayNumber * DayMicroseconds)) * TimeSpan.TicksPerMicrosecond);

    /// <summary>Seconds since 1970-01-01T00:00:00, counted in this moment's own calendar.</summary>
    public double SecondsSince1970 =>
        (double)(Microseconds - ((Int128)CfCalendars.Day(Calendar, 1970, 1, 1)!.Value * DayMicroseconds)) / 1e6;

    /// <summary>Microseconds since the first day of the calendar's count.</summary>
    internal Int128 Microseconds { get; }

    private long DayNumber => (long)(Microseconds >= 0 ? Microseconds / DayMicroseconds : ((Microseconds + 1) / DayMicroseconds) - 1);
    private (int Year, int Month, int Day) Date => CfCalendars.Date(Calendar, DayNumber);

    /// <summary>Reads <c>1990-01-16</c>, <c>1990-01-16T14:00</c>, <c>1990-01-16 14:00:00.5Z</c>, <c>1990-01-16 14:00 +01:00</c>.</summary>
    /// <param name="text">The text; without an offset it is UTC.</param>
    /// <param name="calendar">Decides which days exist.</param>
    /// <param name="hasTime">Whether the text named a time of day.</param>
    /// <exception cref="DataException">The text is no time, or the calendar has no such day.</exception>
    public static CfTime Parse(string text, CfCalendar calendar, out bool hasTime)
    {
        var match = Timestamp().Match(text);
        if (!match.Success)
            throw new DataException($"'{text}' is not a time; expected one like 1990-01-16 or 1990-01-16T14:00:00.");

        hasTime = match.Groups["hour"].Success;
        int Part(string name) => match.Groups[name].Success ? int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture) : 0;
        var day = CfCalendars.Day(calendar, Part("year"), Part("month"), Part("day"));
        var seconds = match.Groups["second"].Success ? decimal.Parse(match.Groups["second"].Value, CultureInfo.InvariantCulture) : 0;
        if (day is null || Part("hour") > 24 || Part("minute") > 59 || seconds >= 61)
            throw new DataException($"'{text}' does not exist in the calendar {CfCalendars.Name(calendar)}.");

        var minutes = (Part("hour") * 60L) + Part("minute") - Offset(match);
        return new CfTime(calendar, ((Int128)day.Value * DayMicroseconds) + (minutes * 60_000_000L) + (long)(seconds * 1_000_000));
    }

    /// <summary>A moment as .NET counts, in the calendar <c>proleptic_gregorian</c>; taken as UTC unless it says otherwise.</summary>
    public static CfTime From(DateTime time)
    {
        var utc = time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time;
        var day = CfCalendars.Day(CfCalendar.ProlepticGregorian, utc.Year, utc.Month, utc.Day)!.Value;
        return new CfTime(CfCalendar.ProlepticGregorian,
            ((Int128)day * DayMicroseconds) + (utc.TimeOfDay.Ticks / TimeSpan.TicksPerMicrosecond));
    }

    /// <summary>The moment as .NET counts it.</summary>
    /// <exception cref="DataException">The calendar has days that .NET's does not, or the year is outside 1 to 9999.</exception>
    public DateTime ToDateTime()
    {
        var gregorian = Calendar == CfCalendar.ProlepticGregorian || (Calendar == CfCalendar.Standard && Year >= 1583);
        return gregorian && Year is >= 1 and <= 9999
            ? new DateTime(Year, Month, Day, 0, 0, 0, DateTimeKind.Utc) + TimeOfDay
            : throw new DataException($"{this} of the calendar {CfCalendars.Name(Calendar)} has no counterpart in the Gregorian calendar.");
    }

    /// <summary>This moment, so much later by its own calendar.</summary>
    public CfTime Add(TimeSpan time) => new(Calendar, Microseconds + time.Ticks / TimeSpan.TicksPerMicrosecond);

    public int CompareTo(CfTime other) => Calendar == other.Calendar
        ? Microseconds.CompareTo(other.Microseconds)
        : throw new ArgumentException($"Times of the calendars {Calendar} and {other.Calendar} have no order.", nameof(other));

    public static bool operator <(CfTime left, CfTime right) => left.CompareTo(right) < 0;
    public static bool operator >(CfTime left, CfTime right) => left.CompareTo(right) > 0;
    public static bool operator <=(CfTime left, CfTime right) => left.CompareTo(right) <= 0;
    public static bool operator >=(CfTime left, CfTime right) => left.CompareTo(right) >= 0;

    /// <summary>ISO 8601: <c>1990-01-16T14:00:00</c>, with a fraction only where there is one.</summary>
    public override string ToString()
    {
        var time = TimeOfDay;
        var fraction = time.Ticks % TimeSpan.TicksPerSecond == 0
            ? ""
            : time.ToString(@"\.ffffff", CultureInfo.InvariantCulture).TrimEnd('0');
        return string.Create(CultureInfo.InvariantCulture, $"{Year:0000}-{Month:00}-{Day:00}T{time:hh\\:mm\\:ss}{fraction}");
    }

    internal static CfTime From(CfTime origin, Int128 microsecondsLater) => new(origin.Calendar, origin.Microseconds + microsecondsLater);

    private static int Offset(Match match)
    {
        if (!match.Groups["sign"].Success)
            return 0;

        var hours = int.Parse(match.Groups["offsetHour"].Value, CultureInfo.InvariantCulture);
        var minutes = match.Groups["offsetMinute"].Success
            ? int.Parse(match.Groups["offsetMinute"].Value, CultureInfo.InvariantCulture)
            : 0;
        return ((hours * 60) + minutes) * (match.Groups["sign"].Value == "-" ? -1 : 1);
    }

    [GeneratedRegex(
        @"^\s*(?<year>-?[0-9]{1,6})-(?<month>[0-9]{1,2})-(?<day>[0-9]{1,2})" +
        @"((\s+|T)(?<hour>[0-9]{1,2})(:(?<minute>[0-9]{1,2})(:(?<second>[0-9]{1,2}(\.[0-9]{0,9})?))?)?)?" +
        @"\s*(Z|UTC|GMT|(?<sign>[+-])(?<offsetHour>[0-9]{1,2})(:?(?<offsetMinute>[0-9]{2}))?)?\s*$",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Timestamp();
}

/// <summary>Reads a coordinate of times.</summary>
internal static class TimeValues
{
    /// <exception cref="DataException">Its units or calendar are not understood, or values are missing; the message names them.</exception>
    internal static IReadOnlyList<CfTime> Read(NetCdfFile file, NetCdfVariable coordinate)
    {
        var units = Text(file, coordinate, "units") ?? throw AttributeDefect.Of(
            file.Path, coordinate, "units", "leaves open what the times count from", "some like \"hours since 1990-01-16 00:00:00\"");
        var calendar = Text(file, coordinate, "calendar");
        _ = Understood(file, coordinate, "calendar", () => CfCalendars.Parse(calendar));
        var decoder = Understood(file, coordinate, "units", () => CfTimeUnits.Parse(units, calendar));
        var values = file.ReadDoubles(coordinate);
        var bad = values.Count(value => !double.IsFinite(value));
        return bad == 0
            ? Understood<IReadOnlyList<CfTime>>(file, coordinate, "units", () => [.. values.Select(decoder.Decode)])
            : throw new DataException($"{file.Path}: {bad} of {values.Length} values of the time coordinate {coordinate.Name} are missing "
                + $"({file.WhyMissing(coordinate)}). Expected a time for every field. Write them into the file.");
    }

    /// <summary>The time on which coordinates of one value agree; null if there are none.</summary>
    internal static CfTime? ReadOne(NetCdfFile file, IReadOnlyList<NetCdfVariable> coordinates)
    {
        CfTime? time = null;
        foreach (var coordinate in coordinates)
        {
            if (coordinate.Size != 1)
                throw new DataException($"{file.Path}: the coordinate {coordinate} is not along a dimension of the fields that name it. "
                    + "Expected one time, or one along one of their dimensions. Correct the attribute coordinates of the fields.");

            var found = Read(file, coordinate)[0];
            if (time is { } before && (before.Calendar != found.Calendar || before != found))
                throw new DataException($"{file.Path}: {string.Join(" and ", coordinates.Select(c => c.Name))} have different times "
                    + $"({before}, {found}). Expected one. Name the right one in the attribute coordinates of the fields.");

            time = found;
        }

        return time;
    }

    private static string? Text(NetCdfFile file, NetCdfVariable coordinate, string name)
    {
        if (!coordinate.Attributes.TryGetValue(name, out var attribute))
        {
            AttributeDefect.RefuseOtherCase(file.Path, coordinate, name);
            return null;
        }

        return attribute.Text
            ?? throw AttributeDefect.Of(file.Path, coordinate, name, "is not text", "text, as the CF conventions write it");
    }

    private static T Understood<T>(NetCdfFile file, NetCdfVariable coordinate, string attribute, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (DataException e)
        {
            throw new DataException($"{file.Path}: {coordinate.Name}:{attribute}: {e.Message} Correct the attribute in the file, with "
                + "ncatted or xarray.", e);
        }
    }
}
