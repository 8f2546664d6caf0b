using System.Globalization;

namespace Cairn.Storage.State;

/// <summary>Floating-point numbers as Python's <c>repr</c> writes them: the shortest digits that read back to the same bits.</summary>
internal static class PythonFloat
{
    public static string Repr(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        var sign = double.IsNegative(value) ? "-" : "";
        return value == 0 ? sign + "0.0" : sign + Layout(Math.Abs(value).ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>As <see cref="Repr"/>, with the literals of Python's json module for what JSON cannot say.</summary>
    public static string Json(double value) =>
        double.IsFinite(value) ? Repr(value) : double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

    private static string Layout(string shortest)
    {
        var parts = shortest.Split('E');
        var power = parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? parts[0].Length : point;
        var all = parts[0].Replace(".", "", StringComparison.Ordinal);
        var digits = all.TrimStart('0');
        return Layout(digits.TrimEnd('0'), power + whole - 1 - (all.Length - digits.Length));
    }

    /// <summary>Python writes an exponent below 1e-4 and from 1e16 on.</summary>
    private static string Layout(string digits, int exponent)
    {
        if (exponent is < -4 or >= 16)
        {
            var mantissa = digits.Length == 1 ? digits : digits[..1] + "." + digits[1..];
            return string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        if (exponent < 0)
        {
            return "0." + new string('0', -exponent - 1) + digits;
        }

        return digits.Length <= exponent + 1
            ? digits.PadRight(exponent + 1, '0') + ".0"
            : digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }
}
