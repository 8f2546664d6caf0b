using System.Text.RegularExpressions;

namespace Cairn.Storage.NetCdf;

/// <summary>How a CF time coordinate counts: <c>hours since 1980-01-14 14:00:00</c> in a calendar (CF conventions 4.4).</summary>
public sealed partial class CfTimeUnits
{
    private const long DayNanoseconds = 86_400_000_000_000;

    private readonly string _text;

    private CfTimeUnits(string text, CfTime origin, long unitNanoseconds)
    {
        _text = text;
        Origin = origin;
        UnitNanoseconds = unitNanoseconds;
    }

    /// <summary>The moment of value 0.</summary>
    public CfTime Origin { get; }

    /// <summary>The length of one unit, in nanoseconds.</summary>
    public long UnitNanoseconds { get; }

    /// <summary>Reads the attributes <c>units</c> and <c>calendar</c> (absent: standard). Of the standard and the Julian calendar years
    /// below 1 are those before Christ, as cftime takes them: the year before 1 is -1.</summary>
    /// <exception cref="DataException">They are not understood; units of months and years are refused, having no fixed length but in the
    /// calendars 360_day and 365_day.</exception>
    public static CfTimeUnits Parse(string units, string? calendar)
    {
        var match = Since().Match(units);
        if (!match.Success)
            throw new DataException($"The time units '{units}' are not understood; expected some like 'hours since 1980-01-14 14:00:00'.");

        var counted = CfCalendars.Parse(calendar);
        return new CfTimeUnits(units, OriginOf(match, counted, units), Nanoseconds(match.Groups["unit"].Value, counted, units));
    }

    /// <summary>The moment of a coordinate value, rounded to the microsecond.</summary>
    /// <exception cref="DataException">The value is not finite, or leads out of any calendar.</exception>
    public CfTime Decode(double value)
    {
        // Whole units are exact as integers, which 86400e9 times a large fraction would not be.
        var whole = Math.Floor(value);
        if (!double.IsFinite(value) || Math.Abs(whole) * UnitNanoseconds > 9e24)
            throw new DataException($"The time value {value} ({_text}) is out of range.");

        var nanoseconds = ((Int128)whole * UnitNanoseconds) + (long)Math.Round((value - whole) * UnitNanoseconds);
        return CfTime.From(Origin, Rounded(nanoseconds));
    }

    /// <summary>The coordinate value of a moment of the same calendar.</summary>
    public double Encode(CfTime time) => (double)((time.Microseconds - Origin.Microseconds) * 1000) / UnitNanoseconds;
    public override string ToString() => _text;

    /// <summary>To microseconds, the half upward.</summary>
    private static Int128 Rounded(Int128 nanoseconds)
    {
        var rest = ((nanoseconds + 500) % 1000 + 1000) % 1000;
        return (nanoseconds + 500 - rest) / 1000;
    }

    private static CfTime OriginOf(Match match, CfCalendar calendar, string units)
    {
        if (match.Groups["packed"].Success)
        {
            var digits = match.Groups["packed"].Value;
            return CfTime.Parse($"{digits[..4]}-{digits[4..6]}-{digits[6..]}{match.Groups["clock"].Value}", calendar, out _);
        }

        if (!match.Groups["year"].Success)
            return CfTime.Parse(match.Groups["origin"].Value, calendar, out _);

        var year = int.Parse(match.Groups["year"].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (year <= 0 && calendar is CfCalendar.Standard or CfCalendar.Julian)
            year = year < 0 ? year + 1 : throw new DataException(
                $"'{units}' counts from the year 0, which the calendar {CfCalendars.Name(calendar)} does not have; "
                + "expected a year from 1 on.");

        var month = match.Groups["month"] is { Success: true } found ? found.Value : "1";
        var rest = match.Groups["day"].Success ? $"{match.Groups["day"].Value}{match.Groups["time"].Value}" : "1";
        return CfTime.Parse(string.Create(CultureInfo.InvariantCulture, $"{year}-{month}-{rest}"), calendar, out _);
    }

    // The spellings that cftime, xarray and UDUNITS know.
    private static long Nanoseconds(string unit, CfCalendar calendar, string units) => unit.ToLowerInvariant() switch
    {
        "nanosecond" or "nanoseconds" or "ns" => 1,
        "microsecond" or "microseconds" or "microsec" or "microsecs" or "us" => 1_000,
        "millisecond" or "milliseconds" or "millisec" or "millisecs" or "msec" or "msecs" or "ms" => 1_000_000,
        "second" or "seconds" or "sec" or "secs" or "s" => 1_000_000_000,
        "minute" or "minutes" or "min" or "mins" => 60_000_000_000,
        "hour" or "hours" or "hr" or "hrs" or "h" => 3_600_000_000_000,
        "day" or "days" or "d" => DayNanoseconds,
        "week" or "weeks" => 7 * DayNanoseconds,
        "month" or "months" when calendar == CfCalendar.Days360 => 30 * DayNanoseconds,
        "common_year" or "common_years" when calendar == CfCalendar.NoLeap => 365 * DayNanoseconds,
        _ => throw new DataException($"The unit '{unit}' of '{units}' is not supported; expected days, hours, minutes, seconds or " +
            "fractions of them."),
    };

    // A date may lack its day, or day and month, may be written without dashes or with slashes.
    [GeneratedRegex(
        @"^\s*(?<unit>[A-Za-z_]+)\s+since\s+(?<origin>(?<packed>[0-9]{8})(?<clock>[\sT].*)?|" +
        @"(?<year>[+-]?[0-9]{1,6})([-/](?<month>[0-9]{1,2})([-/](?<day>[0-9]{1,2})(?<time>.*))?)?\s*|.+)$",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Since();
}
