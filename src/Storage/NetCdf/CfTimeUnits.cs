using System.Text.RegularExpressions;

namespace Cairn.Storage.NetCdf;

/// <summary>How a CF time coordinate counts: <c>hours since 1980-01-14 14:00:00</c> in a calendar (CF conventions 4.4).</summary>
public sealed partial class CfTimeUnits
{
    private readonly string _text;

    private CfTimeUnits(string text, CfTime origin, long unitMicroseconds)
    {
        _text = text;
        Origin = origin;
        UnitMicroseconds = unitMicroseconds;
    }

    /// <summary>The moment of value 0.</summary>
    public CfTime Origin { get; }

    /// <summary>The length of one unit, in microseconds.</summary>
    public long UnitMicroseconds { get; }

    /// <summary>Reads the attributes <c>units</c> and <c>calendar</c> (absent: standard).</summary>
    /// <exception cref="DataException">They are not understood; units of months and years are refused, having no fixed length.</exception>
    public static CfTimeUnits Parse(string units, string? calendar)
    {
        var match = Since().Match(units);
        if (!match.Success)
        {
            throw new DataException($"The time units '{units}' are not understood; expected some like 'hours since 1980-01-14 14:00:00'.");
        }

        return new CfTimeUnits(
            units,
            CfTime.Parse(match.Groups["origin"].Value, CfCalendars.Parse(calendar), out _),
            Microseconds(match.Groups["unit"].Value, units));
    }

    /// <summary>The moment of a coordinate value, rounded to the microsecond.</summary>
    /// <exception cref="DataException">The value is not finite, or leads out of any calendar.</exception>
    public CfTime Decode(double value)
    {
        // Whole units are exact as integers, which 86400e6 times a large fraction would not be.
        var whole = Math.Floor(value);
        if (!double.IsFinite(value) || Math.Abs(whole) * UnitMicroseconds > 9e21)
        {
            throw new DataException($"The time value {value} ({_text}) is out of range.");
        }

        return CfTime.From(Origin, ((Int128)whole * UnitMicroseconds) + (long)Math.Round((value - whole) * UnitMicroseconds));
    }

    /// <summary>The coordinate value of a moment of the same calendar.</summary>
    public double Encode(CfTime time) => (double)(time.Microseconds - Origin.Microseconds) / UnitMicroseconds;

    public override string ToString() => _text;

    private static long Microseconds(string unit, string units) => unit.ToLowerInvariant() switch
    {
        "microsecond" or "microseconds" or "us" => 1,
        "millisecond" or "milliseconds" or "msec" or "ms" => 1_000,
        "second" or "seconds" or "sec" or "secs" or "s" => 1_000_000,
        "minute" or "minutes" or "min" or "mins" => 60_000_000,
        "hour" or "hours" or "hr" or "hrs" or "h" => 3_600_000_000,
        "day" or "days" or "d" => 86_400_000_000,
        _ => throw new DataException($"The unit '{unit}' of '{units}' is not supported; expected days, hours, minutes, seconds or " +
            "fractions of them."),
    };

    [GeneratedRegex(@"^\s*(?<unit>[A-Za-z]+)\s+since\s+(?<origin>.+)$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Since();
}
