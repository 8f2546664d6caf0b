using System.Numerics;
using System.Runtime.InteropServices;

namespace Cairn.Storage.State;

/// <summary>The elements of an array as NumPy prints them, of one width where NumPy aligns them.</summary>
internal static class NumpyElementText
{
    private const int Precision = 8;

    /// <summary>The texts of the elements at <paramref name="indexes"/>; the others do not affect the width.</summary>
    public static List<string> Format(NdArray array, IReadOnlyList<int> indexes, string name)
    {
        var size = array.DType.ItemSize;
        if (array.DType.Kind == 'c')
            return Complexes(indexes.Select(i => Number(array.Data.Span.Slice(i * size, size), size)).ToList(), size == 8);

        if (array.DType.Kind == 'S')
            return [.. indexes.Select(i => PythonText.Bytes(array.Data.Span.Slice(i * size, size).TrimEnd((byte)0)))];

        IEnumerable<object?> Values() => indexes.Select(i => ArrayElements.At(array, i, name));
        List<string> items = array.DType.Kind switch
        {
            'f' => Floats([.. Values().Cast<double>()], Shortest(size), plus: false),
            'm' => [.. indexes.Select(i => Count(array, i))],
            'M' => [.. Values().Select(v => $"'{v}'")],
            _ => [.. Values().Select(PythonText.Repr)],
        };
        return array.DType.Kind == 'U' ? items : Aligned(items);
    }

    /// <summary>NumPy prints the count as it is stored, in multiples of the unit.</summary>
    private static string Count(NdArray array, int index)
    {
        var count = MemoryMarshal.Read<long>(array.Data.Span[(index * sizeof(long))..]);
        return count == NumpyTimeDelta64.NotATime ? "'NaT'" : count.ToString(CultureInfo.InvariantCulture);
    }

    private static Complex Number(ReadOnlySpan<byte> bytes, int size) => size == 8
        ? new Complex(MemoryMarshal.Read<float>(bytes), MemoryMarshal.Read<float>(bytes[4..]))
        : new Complex(MemoryMarshal.Read<double>(bytes), MemoryMarshal.Read<double>(bytes[8..]));

    private static List<string> Complexes(List<Complex> values, bool single)
    {
        var shortest = Shortest(single ? 4 : 8);
        var real = Aligned(Floats(values.ConvertAll(v => v.Real), shortest, plus: false));
        var imaginary = Aligned(Floats(values.ConvertAll(v => v.Imaginary), shortest, plus: true));
        return [.. real.Zip(imaginary, (r, i) => r + i.TrimEnd() + "j" + new string(' ', i.Length - i.TrimEnd().Length))];
    }

    private static List<string> Aligned(List<string> items)
    {
        var width = items.Max(i => i.Length);
        return items.ConvertAll(i => i.PadLeft(width));
    }

    /// <summary>The shortest digits that read back to the same number of that many bytes.</summary>
    private static Func<double, string> Shortest(int size) => size switch
    {
        2 => v => ((Half)v).ToString("R", CultureInfo.InvariantCulture),
        4 => v => ((float)v).ToString("R", CultureInfo.InvariantCulture),
        _ => v => v.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>To eight digits, points below each other; with exponents when the values are far apart, very large or very small.</summary>
    private static List<string> Floats(List<double> values, Func<double, string> shortest, bool plus)
    {
        var sizes = values.Where(v => double.IsFinite(v) && v != 0).Select(Math.Abs).DefaultIfEmpty(1).ToList();
        var exponents = sizes.Max() >= 1e8 || sizes.Min() < 1e-4 || sizes.Max() / sizes.Min() > 1000;
        var parts = values.ConvertAll(v => Parts(v, exponents, shortest, plus));
        var digits = parts.Max(p => p.Fraction.Length);
        var power = parts.Max(p => p.Exponent.Length);
        return parts.ConvertAll(p => !p.Finite ? p.Whole : exponents
            ? $"{p.Whole}.{p.Fraction.PadRight(digits, '0')}e{p.Exponent[0]}{p.Exponent[1..].PadLeft(power - 1, '0')}"
            : $"{p.Whole}.{p.Fraction.PadRight(digits)}");
    }

    private static (bool Finite, string Whole, string Fraction, string Exponent) Parts(
        double value, bool exponents, Func<double, string> shortest, bool plus)
    {
        var sign = double.IsNegative(value) && !double.IsNaN(value) ? "-" : plus ? "+" : "";
        if (!double.IsFinite(value))
            return (false, sign + PythonFloat.Repr(Math.Abs(value)), "", "");

        var (digits, power) = Digits(shortest(Math.Abs(value)));
        var (whole, fraction) = exponents ? (digits[..1], digits[1..].TrimEnd('0')) : Positional(digits, power);
        if (fraction.Length > Precision)
        {
            // More than are shown: NumPy then rounds the number itself, not its shortest form.
            var format = exponents ? "0.00000000e+00" : "F8";
            var rounded = Math.Abs(value).ToString(format, CultureInfo.InvariantCulture).Split('e');
            var parts = rounded[0].Split('.');
            (whole, fraction) = (parts[0], parts[1].TrimEnd('0'));
            power = rounded.Length > 1 ? int.Parse(rounded[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : power;
        }

        var exponent = string.Create(CultureInfo.InvariantCulture, $"{(power < 0 ? '-' : '+')}{Math.Abs(power):00}");
        return (true, sign + whole, fraction, exponent);
    }

    private static (string Whole, string Fraction) Positional(string digits, int power)
    {
        var all = power < 0 ? new string('0', -power) + digits : digits.PadRight(power + 1, '0');
        var point = Math.Max(power, 0) + 1;
        return (all[..point], all[point..].TrimEnd('0'));
    }

    /// <summary>The significant digits of C#'s shortest form, and the power of ten of the first; zero is <c>0</c> and 0.</summary>
    private static (string Digits, int Power) Digits(string shortest)
    {
        var parts = shortest.Split('E');
        var power = parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var all = parts[0].Replace(".", "", StringComparison.Ordinal);
        var digits = all.TrimStart('0');
        var first = (point < 0 ? all.Length : point) - 1 - (all.Length - digits.Length);
        return digits.Length == 0 ? ("0", 0) : (digits, power + first);
    }
}
