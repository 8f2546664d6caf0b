namespace Cairn.Storage.NetCdf;

/// <summary>The calendars of the CF conventions (section 4.4.1). A year 0 exists in all of them.</summary>
public enum CfCalendar
{
    /// <summary><c>standard</c>, <c>gregorian</c>: Julian up to 4 October 1582, Gregorian from the next day, 15 October.</summary>
    Standard,

    /// <summary><c>proleptic_gregorian</c>: Gregorian at all times, as .NET and ISO 8601 count.</summary>
    ProlepticGregorian,

    /// <summary><c>julian</c>.</summary>
    Julian,

    /// <summary><c>noleap</c>, <c>365_day</c>.</summary>
    NoLeap,

    /// <summary><c>all_leap</c>, <c>366_day</c>.</summary>
    AllLeap,

    /// <summary><c>360_day</c>: twelve months of thirty days.</summary>
    Days360,
}

/// <summary>Days of the CF calendars, counted from a day that is arbitrary but the same for one calendar.</summary>
internal static class CfCalendars
{
    private static readonly int[] DaysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

    /// <summary>15 October 1582, the first Gregorian day, in the count of <see cref="GregorianDay"/>.</summary>
    private static readonly long Reform = GregorianDay(1582, 10, 15);

    internal static CfCalendar Parse(string? name) => name?.Trim().ToLowerInvariant() switch
    {
        null or "" or "standard" or "gregorian" => CfCalendar.Standard,
        "proleptic_gregorian" => CfCalendar.ProlepticGregorian,
        "julian" => CfCalendar.Julian,
        "noleap" or "365_day" => CfCalendar.NoLeap,
        "all_leap" or "366_day" => CfCalendar.AllLeap,
        "360_day" => CfCalendar.Days360,
        _ => throw new DataException(
            $"The calendar '{name}' is unknown. Expected standard, gregorian, proleptic_gregorian, julian, noleap, 365_day, all_leap, " +
            "366_day or 360_day."),
    };

    internal static string Name(CfCalendar calendar) => calendar switch
    {
        CfCalendar.Standard => "standard",
        CfCalendar.ProlepticGregorian => "proleptic_gregorian",
        CfCalendar.Julian => "julian",
        CfCalendar.NoLeap => "noleap",
        CfCalendar.AllLeap => "all_leap",
        _ => "360_day",
    };

    /// <summary>The day's number, or null when the calendar has no such day.</summary>
    internal static long? Day(CfCalendar calendar, int year, int month, int day)
    {
        if (month is < 1 or > 12 || day is < 1 or > 31)
            return null;

        var number = calendar switch
        {
            CfCalendar.Standard => StandardDay(year, month, day),
            CfCalendar.ProlepticGregorian => GregorianDay(year, month, day),
            CfCalendar.Julian => JulianDay(year, month, day),
            CfCalendar.NoLeap => (year * 365L) + DaysBefore[month - 1] + day - 1,
            CfCalendar.AllLeap => (year * 366L) + DaysBefore[month - 1] + (month > 2 ? 1 : 0) + day - 1,
            _ => (year * 360L) + ((month - 1) * 30) + day - 1,
        };
        return Date(calendar, number) == (year, month, day) ? number : null;
    }

    internal static (int Year, int Month, int Day) Date(CfCalendar calendar, long number) => calendar switch
    {
        CfCalendar.Standard => number >= Reform ? GregorianDate(number) : JulianDate(number),
        CfCalendar.ProlepticGregorian => GregorianDate(number),
        CfCalendar.Julian => JulianDate(number),
        CfCalendar.NoLeap => FixedDate(number, 365),
        CfCalendar.AllLeap => FixedDate(number, 366),
        _ => ((int)Floor(number, 360), (int)(Modulo(number, 360) / 30) + 1, (int)(Modulo(number, 360) % 30) + 1),
    };

    private static long StandardDay(int year, int month, int day)
    {
        var gregorian = GregorianDay(year, month, day);
        return gregorian >= Reform ? gregorian : JulianDay(year, month, day);
    }

    // Both count from 1 March of year 0, so that the leap day comes last in its year (Hinnant, "chrono-compatible low-level date
    // algorithms").
    private static long GregorianDay(int year, int month, int day)
    {
        var (y, dayOfYear) = MarchYear(year, month, day);
        return (y * 365) + Floor(y, 4) - Floor(y, 100) + Floor(y, 400) + dayOfYear;
    }

    /// <summary>Two days ahead of the Gregorian count at 1 March of year 0, when the Julian calendar was two days behind.</summary>
    private static long JulianDay(int year, int month, int day)
    {
        var (y, dayOfYear) = MarchYear(year, month, day);
        return (y * 365) + Floor(y, 4) + dayOfYear - 2;
    }

    private static (long Year, long DayOfYear) MarchYear(int year, int month, int day) =>
        (month <= 2 ? year - 1L : year, (((153 * (month > 2 ? month - 3 : month + 9)) + 2) / 5) + day - 1);

    private static (int Year, int Month, int Day) GregorianDate(long number)
    {
        const long Era = 146097;
        var era = Floor(number, Era);
        var dayOfEra = Modulo(number, Era);
        var yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36524) - (dayOfEra / 146096)) / 365;
        return FromMarch(yearOfEra + (era * 400), dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100)));
    }

    private static (int Year, int Month, int Day) JulianDate(long number)
    {
        const long Era = 1461;
        var era = Floor(number + 2, Era);
        var dayOfEra = Modulo(number + 2, Era);
        var yearOfEra = (dayOfEra - (dayOfEra / 1460)) / 365;
        return FromMarch(yearOfEra + (era * 4), dayOfEra - (365 * yearOfEra));
    }

    private static (int Year, int Month, int Day) FromMarch(long year, long dayOfYear)
    {
        var shifted = ((5 * dayOfYear) + 2) / 153;
        var day = (int)(dayOfYear - (((153 * shifted) + 2) / 5)) + 1;
        var month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
        return ((int)(month <= 2 ? year + 1 : year), month, day);
    }

    private static (int Year, int Month, int Day) FixedDate(long number, int daysInYear)
    {
        var dayOfYear = (int)Modulo(number, daysInYear);
        var leap = daysInYear == 366 ? 1 : 0;
        var month = 12;
        while (DaysBefore[month - 1] + (month > 2 ? leap : 0) > dayOfYear)
            month--;

        return ((int)Floor(number, daysInYear), month, dayOfYear - DaysBefore[month - 1] - (month > 2 ? leap : 0) + 1);
    }

    private static long Floor(long value, long by) => (value - Modulo(value, by)) / by;
    private static long Modulo(long value, long by) => ((value % by) + by) % by;
}
