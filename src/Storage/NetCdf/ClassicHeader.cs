using System.Buffers.Binary;

namespace Cairn.Storage.NetCdf;

/// <summary>How many bytes a file of the classic formats (CDF-1, CDF-2, CDF-5) has when it is whole, by its header (NetCDF User's Guide,
/// file format specifications): libnetcdf takes zeros for what a file that was cut short lacks.</summary>
internal sealed class ClassicHeader
{
    private readonly Stream _file;
    private readonly bool _wideCounts;
    private readonly bool _wideOffsets;

    private ClassicHeader(Stream file, int version) => (_file, _wideCounts, _wideOffsets) = (file, version == 5, version is 2 or 5);

    /// <exception cref="DataException">The file is of a classic format and was cut short.</exception>
    public static void RequireWhole(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> magic = stackalloc byte[4];
        if (file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length || !magic.StartsWith("CDF"u8)
            || magic[3] is not (1 or 2 or 5))
        {
            return;
        }

        try
        {
            if (new ClassicHeader(file, magic[3]).End() is var end && end > file.Length)
                throw CutShort(path, file.Length, $"{end} were written");
        }
        catch (EndOfStreamException)
        {
            throw CutShort(path, file.Length, "its header is longer");
        }
    }

    private static DataException CutShort(string path, long length, string more) =>
        new($"{path} was truncated: it has {length} bytes, and {more}. Copy or download it again.");

    /// <summary>The end of the last variable, without its padding.</summary>
    private long End()
    {
        var records = Count();
        var lengths = List(0x0A, () =>
        {
            Skip(Count());
            return Count();
        });
        SkipAttributes();
        var variables = List(0x0B, () => Variable(lengths));
        var along = variables.FindAll(v => v.IsRecord);
        // Records of one variable alone are not padded.
        var step = along.Count == 1 ? along[0].Bytes : along.Sum(v => Padded(v.Bytes));
        var ends = variables.Where(v => !v.IsRecord || records > 0)
            .Select(v => v.Begin + (v.IsRecord ? (records - 1) * step : 0) + v.Bytes);
        return ends.DefaultIfEmpty(0).Max();
    }

    private (bool IsRecord, long Bytes, long Begin) Variable(List<long> lengths)
    {
        Skip(Count());
        var dimensions = Enumerable.Range(0, checked((int)Count())).Select(_ => lengths[checked((int)Count())]).ToList();
        SkipAttributes();
        var bytes = Size(Int32());
        // What the header says of the size is capped for large ones.
        _ = Count();
        var isRecord = dimensions is [0, ..];
        return (isRecord, dimensions.Skip(isRecord ? 1 : 0).Aggregate(bytes, (size, length) => checked(size * length)),
            _wideOffsets ? Int64() : (uint)Int32());
    }

    private void SkipAttributes() => _ = List(0x0C, () =>
    {
        Skip(Count());
        var size = Size(Int32());
        Skip(Count() * size);
        return size;
    });

    private List<T> List<T>(int tag, Func<T> item)
    {
        var found = Int32();
        var count = Count();
        return found == tag ? [.. Enumerable.Range(0, checked((int)count)).Select(_ => item())] : [];
    }

    private static long Size(int type) => (NetCdfType)type switch
    {
        NetCdfType.SignedByte or NetCdfType.Character or NetCdfType.UnsignedByte => 1,
        NetCdfType.Int16 or NetCdfType.UInt16 => 2,
        NetCdfType.Int32 or NetCdfType.UInt32 or NetCdfType.Float => 4,
        _ => 8,
    };

    private static long Padded(long bytes) => (bytes + 3) / 4 * 4;
    private void Skip(long bytes) => _file.Position += Padded(bytes);

    /// <summary>A number of things; -1 for records whose number is not recorded.</summary>
    private long Count() => _wideCounts ? Int64() : Int32();

    private int Int32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        _file.ReadExactly(bytes);
        return BinaryPrimitives.ReadInt32BigEndian(bytes);
    }

    private long Int64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        _file.ReadExactly(bytes);
        return BinaryPrimitives.ReadInt64BigEndian(bytes);
    }
}
