using System.Globalization;

namespace Cairn.Hocon.Units;

/// <summary>Durations: a number and one of <c>ns us ms s m h d</c> or their long names (<c>seconds</c>, <c>10 days</c>), in lower case. A
/// number alone counts milliseconds, as the specification has it.</summary>
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
            return false;

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

/// <summary>Sizes in bytes: <c>kB MB GB …</c> are powers of ten, <c>K k Ki KiB M m Mi MiB …</c> powers of two, as the specification has it;
/// a number alone counts bytes.</summary>
public static class HoconSize
{
    private const string Prefixes = "kMGTPEZY";

    private static readonly string[] Decimal = ["kilo", "mega", "giga", "tera", "peta", "exa", "zetta", "yotta"];
    private static readonly string[] Binary = ["kibi", "mebi", "gibi", "tebi", "pebi", "exbi", "zebi", "yobi"];

    /// <summary>Reads a size; false when the text is none, is negative, has a fraction of a byte, or does not fit 64 bits.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        return UnitText.TrySplit(text, out var number, out var unit)
            && number >= 0
            && Factor(unit) is { } factor
            && UnitText.TryScale(number, factor, out bytes);
    }

    private static decimal? Factor(string unit)
    {
        if (unit is "" or "B" or "b" or "byte" or "bytes")
            return 1;

        for (var power = 0; power < Prefixes.Length; power++)
        {
            if (IsDecimal(unit, power))
                return Power(1000, power + 1);

            if (IsBinary(unit, power))
                return Power(1024, power + 1);
        }

        return null;
    }

    private static bool IsDecimal(string unit, int power)
        => unit == $"{Prefixes[power]}B" || unit == $"{Decimal[power]}byte" || unit == $"{Decimal[power]}bytes";

    private static bool IsBinary(string unit, int power)
    {
        var upper = char.ToUpperInvariant(Prefixes[power]);
        return unit == $"{upper}" || unit == $"{char.ToLowerInvariant(upper)}" || unit == $"{upper}i" || unit == $"{upper}iB"
            || unit == $"{Binary[power]}byte" || unit == $"{Binary[power]}bytes";
    }

    private static decimal Power(decimal of, int power) => power == 0 ? 1 : of * Power(of, power - 1);
}

/// <summary>The specification's units format: a number, white space, and a unit of letters, which may be missing.</summary>
internal static class UnitText
{
    /// <summary>Splits <c>1.5 h</c> into its number and its unit; the unit is empty when there is none.</summary>
    public static bool TrySplit(string text, out decimal number, out string unit)
    {
        var trimmed = text.Trim();
        var letters = trimmed.Length;
        while (letters > 0 && char.IsLetter(trimmed[letters - 1]))
            letters--;

        unit = trimmed[letters..];
        return decimal.TryParse(
            trimmed[..letters].TrimEnd(),
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out number);
    }

    /// <summary>The product as a whole number, or false when it has a fraction or does not fit.</summary>
    public static bool TryScale(decimal number, decimal factor, out long value)
    {
        value = 0;
        if (Math.Abs(number) > long.MaxValue / factor)
            return false;

        var product = number * factor;
        if (product != decimal.Truncate(product))
            return false;

        value = (long)product;
        return true;
    }
}
