namespace Cairn.Storage.Arrays;

/// <summary>Rearranges elements whose first index varies fastest.</summary>
internal static class FortranOrder
{
    /// <summary>The same elements with the last index varying fastest.</summary>
    internal static byte[] ToC(byte[] fortran, IReadOnlyList<long> shape, int itemSize)
    {
        if (shape.Count < 2 || fortran.Length == 0)
        {
            return fortran;
        }

        var strides = new long[shape.Count];
        strides[0] = itemSize;
        for (var axis = 1; axis < strides.Length; axis++)
        {
            strides[axis] = strides[axis - 1] * shape[axis - 1];
        }

        var result = new byte[fortran.Length];
        var index = new long[shape.Count];
        long from = 0;
        for (long to = 0; to < result.Length; to += itemSize)
        {
            fortran.AsSpan((int)from, itemSize).CopyTo(result.AsSpan((int)to));
            from = Advance(index, shape, strides, from);
        }

        return result;
    }

    /// <summary>Counts the C-order index up by one and follows the Fortran-order offset.</summary>
    private static long Advance(long[] index, IReadOnlyList<long> shape, long[] strides, long offset)
    {
        for (var axis = index.Length - 1; axis >= 0; axis--)
        {
            offset += strides[axis];
            if (++index[axis] < shape[axis])
            {
                return offset;
            }

            offset -= strides[axis] * shape[axis];
            index[axis] = 0;
        }

        return offset;
    }
}
