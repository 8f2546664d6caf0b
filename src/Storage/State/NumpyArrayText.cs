using Cairn.Storage.Arrays;

namespace Cairn.Storage.State;

/// <summary>Small arrays in listings, as NumPy prints them with commas; long ones are cut to their ends.</summary>
internal static class NumpyArrayText
{
    private const int Threshold = 1000;
    private const int EdgeItems = 3;

    public static string Format(NdArray array, string name)
    {
        var items = ArrayElements.Of(array, name).Select(Item).ToList();
        var width = items.Count == 0 ? 0 : items.Max(i => i.Length);
        var padded = items.Select(i => i.PadLeft(width)).ToList();
        return array.Shape.Count == 0 ? padded[0] : Axis(padded, array.Shape, 0, 0, array.Length > Threshold);
    }

    private static string Item(object? value) => value switch
    {
        double number when double.IsFinite(number) && number == Math.Floor(number) && Math.Abs(number) < 1e8 =>
            PythonFloat.Repr(number)[..^1],
        double number => PythonFloat.Repr(Math.Round(number, 8)),
        _ => PythonText.Repr(value),
    };

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

        return "[" + string.Join(axis == shape.Count - 1 ? ", " : ",\n" + new string(' ', axis + 1), parts) + "]";
    }
}
