namespace Cairn.Hocon.Units;

/// <summary>
/// Sizes in bytes: <c>kB MB GB …</c> are powers of ten, <c>K k Ki KiB M m Mi MiB …</c> powers of two, as the specification has it; a number
/// alone counts bytes.
/// </summary>
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
        {
            return 1;
        }

        for (var power = 0; power < Prefixes.Length; power++)
        {
            if (IsDecimal(unit, power))
            {
                return Power(1000, power + 1);
            }

            if (IsBinary(unit, power))
            {
                return Power(1024, power + 1);
            }
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
