namespace Cairn.Storage.Fields;

/// <summary>Arithmetic of indexes in boxes of any number of dimensions.</summary>
public static class BoxIndex
{
    /// <summary>All indexes from <paramref name="low"/> up to, not including, <paramref name="high"/>, the last axis fastest.</summary>
    public static IEnumerable<long[]> Indices(long[] low, long[] high)
    {
        if (low.Zip(high).Any(e => e.First >= e.Second))
            yield break;

        var index = low.ToArray();
        while (true)
        {
            yield return index.ToArray();
            var axis = index.Length - 1;
            while (axis >= 0 && ++index[axis] >= high[axis])
            {
                index[axis] = low[axis];
                axis--;
            }

            if (axis < 0)
                yield break;
        }
    }

    /// <summary>The number, in C order, of an index in the box at <paramref name="origin"/> of <paramref name="extent"/>.</summary>
    public static long Place(IReadOnlyList<long> index, IReadOnlyList<long> origin, IReadOnlyList<long> extent)
    {
        var place = 0L;
        for (var axis = 0; axis < index.Count; axis++)
            place = (place * extent[axis]) + index[axis] - origin[axis];

        return place;
    }

    /// <summary>The index in the box at <paramref name="origin"/> of <paramref name="extent"/> that has a number.</summary>
    public static long[] Index(long place, IReadOnlyList<long> origin, IReadOnlyList<long> extent)
    {
        var index = new long[extent.Count];
        for (var axis = extent.Count - 1; axis >= 0; axis--)
        {
            (place, var rest) = Math.DivRem(place, extent[axis]);
            index[axis] = origin[axis] + rest;
        }

        return index;
    }
}
