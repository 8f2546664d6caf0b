using Cairn.Storage.Arrays;
using Cairn.Storage.State;

namespace Cairn.Storage.Sessions;

/// <summary>Walks and copies boxes of arrays in C order.</summary>
internal static class BoxCopy
{
    /// <summary>
    /// The runs of elements that <paramref name="part"/> takes up in an array that holds <paramref name="whole"/>: where each begins, in
    /// elements; all are of <paramref name="length"/>, the longest that the cut allows.
    /// </summary>
    public static IEnumerable<long> Runs(DomainSlice whole, DomainSlice part, out long length)
    {
        var rank = part.Shape.Count;
        length = 1;
        var axis = rank;
        while (axis > 0)
        {
            axis--;
            length *= part.Shape[axis];
            if (part.Shape[axis] != whole.Shape[axis])
            {
                break;
            }
        }

        return part.Elements == 0 ? [] : Walk(whole, part, axis);
    }

    /// <summary>Copies <paramref name="part"/> between arrays of two boxes that both contain it.</summary>
    public static void Copy(ReadOnlySpan<byte> from, DomainSlice source, Span<byte> to, DomainSlice target, DomainSlice part, int itemSize)
    {
        var reads = Runs(source, part, out var readLength);
        var writes = Runs(target, part, out var writeLength);
        // The shorter runs divide the longer ones: both end at a boundary of the same axis.
        var length = Math.Min(readLength, writeLength);
        using var read = Split(reads, readLength, length).GetEnumerator();
        foreach (var at in Split(writes, writeLength, length))
        {
            _ = read.MoveNext();
            var run = from.Slice(checked((int)(read.Current * itemSize)), checked((int)(length * itemSize)));
            run.CopyTo(to[checked((int)(at * itemSize))..]);
        }
    }

    private static IEnumerable<long> Split(IEnumerable<long> starts, long runLength, long length) =>
        runLength == length ? starts : starts.SelectMany(start => Steps(start, runLength, length));

    private static IEnumerable<long> Steps(long start, long runLength, long length)
    {
        for (long at = 0; at < runLength; at += length)
        {
            yield return start + at;
        }
    }

    /// <summary>Counts through the axes before <paramref name="inner"/>, along which runs lie whole.</summary>
    private static IEnumerable<long> Walk(DomainSlice whole, DomainSlice part, int inner)
    {
        var rank = part.Shape.Count;
        var strides = new long[rank];
        long stride = 1;
        for (var axis = rank - 1; axis >= 0; stride *= whole.Shape[axis], axis--)
        {
            strides[axis] = stride;
        }

        var at = Enumerable.Range(0, rank).Sum(axis => (part.Offset[axis] - whole.Offset[axis]) * strides[axis]);
        var index = new long[inner];
        while (true)
        {
            yield return at;
            var axis = inner - 1;
            for (; axis >= 0; axis--)
            {
                at += strides[axis];
                if (++index[axis] < part.Shape[axis])
                {
                    break;
                }

                at -= strides[axis] * part.Shape[axis];
                index[axis] = 0;
            }

            if (axis < 0)
            {
                yield break;
            }
        }
    }
}
