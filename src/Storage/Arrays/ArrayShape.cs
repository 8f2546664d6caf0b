namespace Cairn.Storage.Arrays;

/// <summary>Arithmetic on shapes that may come from a hostile file.</summary>
internal static class ArrayShape
{
    /// <summary>NumPy 2 stops at 64 dimensions.</summary>
    internal const int MaxRank = 64;

    /// <summary>The number of elements, or null when an extent is negative or the product overflows.</summary>
    internal static long? Elements(IReadOnlyList<long> shape)
    {
        // A zero anywhere makes the array empty, but must not hide an overflow that a reader of another axis order would meet.
        UInt128 product = 1;
        foreach (var extent in shape)
        {
            if (extent < 0)
                return null;

            product *= (UInt128)Math.Max(extent, 1);
            if (product > long.MaxValue)
                return null;
        }

        return shape.Contains(0) ? 0 : (long)product;
    }

    /// <summary>The number of bytes, or null as for <see cref="Elements"/>.</summary>
    internal static long? Bytes(NpyDType dtype, IReadOnlyList<long> shape)
    {
        var bytes = Elements(shape) is { } elements ? (UInt128)elements * (UInt128)dtype.ItemSize : UInt128.MaxValue;
        return bytes <= long.MaxValue ? (long)bytes : null;
    }

    /// <summary>As Python prints a tuple: <c>()</c>, <c>(3,)</c>, <c>(2, 3)</c>.</summary>
    internal static string Text(IReadOnlyList<long> shape) => shape.Count == 1
        ? string.Create(CultureInfo.InvariantCulture, $"({shape[0]},)")
        : $"({string.Join(", ", shape.Select(extent => extent.ToString(CultureInfo.InvariantCulture)))})";
}
