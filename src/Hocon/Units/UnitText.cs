using System.Globalization;

namespace Cairn.Hocon.Units;

/// <summary>The specification's units format: a number, white space, and a unit of letters, which may be missing.</summary>
internal static class UnitText
{
    /// <summary>Splits <c>1.5 h</c> into its number and its unit; the unit is empty when there is none.</summary>
    public static bool TrySplit(string text, out decimal number, out string unit)
    {
        var trimmed = text.Trim();
        var letters = trimmed.Length;
        while (letters > 0 && char.IsLetter(trimmed[letters - 1]))
        {
            letters--;
        }

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
        {
            return false;
        }

        var product = number * factor;
        if (product != decimal.Truncate(product))
        {
            return false;
        }

        value = (long)product;
        return true;
    }
}
