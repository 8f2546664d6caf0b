using Cairn.Storage.Catalog;

namespace Cairn.Storage.Sessions;

/// <summary>Reads a part of one rank's <c>.npy</c> file. Of a file in C order only the header and the part's own bytes are read; a whole
/// file is read through and held against its digest, a part cannot be. Dtype, shape and length are checked always.</summary>
internal static class SliceReader
{
    private const int MaxRun = 1 << 20;

    /// <summary>Copies <paramref name="part"/> of the file into <paramref name="target"/>, an array of <paramref name="wanted"/>.</summary>
    /// <exception cref="DataException">The file is missing, damaged, or not what manifest and description promise.</exception>
    public static void Read(
        IDurableFiles files, Manifest manifest, string folder, StoredArray stored, DomainSlice held, DomainSlice part, NdArray target,
        DomainSlice wanted)
    {
        var array = part.Elements == held.Elements
            ? CommitFiles.ReadArray(files, manifest, folder, stored)
            : ReadPart(files, manifest, folder, stored, held, part);
        // What came back is the part alone, or all that the rank holds.
        var source = array.Shape.SequenceEqual(part.Shape) ? part : held;
        BoxCopy.Copy(array.Data.Span, source, target.Data.Span, wanted, part, stored.DType.ItemSize);
    }

    private static NdArray ReadPart(
        IDurableFiles files, Manifest manifest, string folder, StoredArray stored, DomainSlice held, DomainSlice part)
    {
        var relative = $"{folder}/{stored.Path}";
        var full = ContainedPath.ResolveFile(files, manifest.Row.Directory, relative);
        using var stream = BoundedFile.Open(files, full);
        var header = Npy.ReadHeader(stream, full);
        CheckLength(manifest, full, relative, stream.Length, header);
        CommitFiles.CheckShape(full, header.DType, header.Shape, stored);
        // With the first index varying fastest there are no runs to pick.
        return header.FortranOrder
            ? CommitFiles.ReadArray(files, manifest, folder, stored)
            : new NdArray(stored.DType, part.Shape, ReadRuns(stream, full, header, held, part));
    }

    private static byte[] ReadRuns(Stream stream, string full, NpyHeader header, DomainSlice held, DomainSlice part)
    {
        var size = header.DType.ItemSize;
        var bytes = new byte[checked((int)(part.Elements * size))];
        var starts = BoxCopy.Runs(held, part, out var length);
        var at = 0;
        foreach (var start in starts)
        {
            var run = bytes.AsSpan(at, checked((int)(length * size)));
            ReadRun(stream, full, header.DataOffset + (start * size), run);
            at += run.Length;
        }

        if (header.DType.Kind == 'b' && bytes.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)1))
            throw new DataException($"{full} holds a bool that is neither 0 nor 1. Restore it from a copy, or take an older session.");

        if (header.BigEndian)
            ByteOrder.Swap(bytes, header.DType.SwapSize);

        return bytes;
    }

    private static void ReadRun(Stream stream, string full, long from, Span<byte> run)
    {
        try
        {
            stream.Position = from;
            for (var at = 0; at < run.Length; at += MaxRun)
                stream.ReadExactly(run.Slice(at, Math.Min(MaxRun, run.Length - at)));
        }
        catch (IOException e)
        {
            throw new DataException($"{full} cannot be read at byte {from}: {e.Message}", e);
        }
    }

    private static void CheckLength(Manifest manifest, string full, string relative, long length, NpyHeader header)
    {
        var listed = manifest.Listed(relative);
        if (manifest.Files is not null && listed is null)
            throw new DataException($"{full} is not among the files that the manifest of {manifest.Row.CommitId} lists.");

        if (length != header.DataOffset + header.DataBytes || (listed is not null && listed.Bytes != length))
            throw new DataException(
                $"{full} has {length} bytes; its header promises {header.DataOffset + header.DataBytes}"
                + (listed is null ? "." : $", its manifest {listed.Bytes}."));
    }
}

/// <summary>Walks and copies boxes of arrays in C order.</summary>
internal static class BoxCopy
{
    /// <summary>The runs of elements that <paramref name="part"/> takes up in an array that holds <paramref name="whole"/>: where each
    /// begins, in elements; all are of <paramref name="length"/>, the longest that the cut allows.</summary>
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
                break;
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
            yield return start + at;
    }

    /// <summary>Counts through the axes before <paramref name="inner"/>, along which runs are contiguous.</summary>
    private static IEnumerable<long> Walk(DomainSlice whole, DomainSlice part, int inner)
    {
        var rank = part.Shape.Count;
        var strides = new long[rank];
        long stride = 1;
        for (var axis = rank - 1; axis >= 0; stride *= whole.Shape[axis], axis--)
            strides[axis] = stride;

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
                    break;

                at -= strides[axis] * part.Shape[axis];
                index[axis] = 0;
            }

            if (axis < 0)
                yield break;
        }
    }
}
