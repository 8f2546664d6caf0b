using System.Globalization;
using Cairn.Storage.Arrays;

namespace Cairn.Storage.State;

/// <summary>Small arrays in listings, as NumPy prints them with commas; long ones are cut to their ends.</summary>
internal static class NumpyArrayText
{
    private const int Threshold = 1000;
    private const int EdgeItems = 3;

    public static string Format(NdArray array, string name)
    {
        var values = ArrayElements.Of(array, name).ToList();
        var items = values.Exists(v => v is double) ? Floats([.. values.Cast<double>()]) : values.ConvertAll(PythonText.Repr);
        var width = items.Count == 0 || array.DType.Kind == 'U' ? 0 : items.Max(i => i.Length);
        var padded = items.ConvertAll(i => i.PadLeft(width));
        return array.Shape.Count == 0 ? padded[0] : Axis(padded, array.Shape, 0, 0, array.Length > Threshold);
    }

    /// <summary>To eight digits, points below each other; with exponents when the values are far apart, very large or very small.</summary>
    private static List<string> Floats(List<double> values)
    {
        var sizes = values.Where(v => double.IsFinite(v) && v != 0).Select(Math.Abs).DefaultIfEmpty(1).ToList();
        var exponents = sizes.Max() >= 1e8 || sizes.Min() < 1e-4 || sizes.Max() / sizes.Min() > 1000;
        var parts = values.ConvertAll(v => Parts(v, exponents));
        var digits = parts.Max(p => p.Fraction.Length);
        return parts.ConvertAll(p => p.Whole + (p.Point ? "." : "")
            + (exponents && p.Point ? p.Fraction.PadRight(digits, '0') + p.Exponent : p.Fraction.PadRight(p.Point ? digits : 0)));
    }

    private static (string Whole, bool Point, string Fraction, string Exponent) Parts(double value, bool exponents)
    {
        if (!double.IsFinite(value))
        {
            return (PythonFloat.Repr(value), false, "", "");
        }

        var text = value.ToString(exponents ? "0.########e+00" : "0.########", CultureInfo.InvariantCulture).Split('e');
        var digits = text[0].Split('.');
        var sign = digits[0].StartsWith('-') || !double.IsNegative(value) ? "" : "-";
        return (sign + digits[0], true, digits.Length > 1 ? digits[1] : "", text.Length > 1 ? "e" + text[1] : "");
    }

    private static string Axis(List<string> items, IReadOnlyList<long> shape, int axis, int start, bool cut)
    {
        if (axis == shape.Count)
        {
            return items[start];
        }

        var stride = (int)shape.Skip(axis + 1).Aggregate(1L, (product, extent) => product * extent);
        var count = (int)shape[axis];
        var shown = Enumerable.Range(0, count).Where(i => !cut || count <= 2 * EdgeItems || i < EdgeItems || i >= count - EdgeItems);
        var parts = shown.Select(i => Axis(items, shape, axis + 1, start + (i * stride), cut)).ToList();
        if (parts.Count < count)
        {
            parts.Insert(EdgeItems, "...");
        }

        var inner = shape.Count - 1 - axis;
        return "[" + string.Join(inner == 0 ? ", " : "," + new string('\n', inner) + new string(' ', axis + 1), parts) + "]";
    }
}
