using System.Buffers.Binary;
using System.Numerics;

namespace Cairn.Storage.NetCdf;

/// <summary>A NetCDF-4 file whose variables were defined and never written: all of it but the values. HDF5 appends the values of a
/// contiguous variable to the file when they are first written, and notes in the variable's object header where they lie; here the places
/// are noted beforehand, so that the values need not pass through the library and its copies of them (HDF5 File Format Specification,
/// version 3.0, sections IV.A.1.b and IV.A.2.i).</summary>
internal static class Hdf5Frame
{
    private const int AddressAt = 2;
    private const int MessageBytes = 18;
    private const int ChecksumBytes = 4;
    private const byte SizeWidthBits = 0x3;
    private const byte PhasesStored = 0x10;
    private const byte TimesStored = 0x20;

    private static ReadOnlySpan<byte> HeaderSignature => "OHDR\x02"u8;

    /// <summary>Notes in the frame that the values of its variables follow it, one variable after the other.</summary>
    /// <param name="frame">The file as <see cref="NetCdfWriter.CloseInMemory()"/> gives it.</param>
    /// <param name="variables">The names of all its variables, which are contiguous, in the order of their values.</param>
    /// <returns>False, with the frame as it was, where it is not laid out as expected; then the library has to write the values.</returns>
    public static bool TryPlaceValues(byte[] frame, IReadOnlyList<string> variables, long bytesEach)
    {
        if (Hdf5Superblock.Find(frame) is not { } superblock || superblock.End != (ulong)frame.Length
            || !SuperblockHolds(frame, superblock) || Layouts(frame, bytesEach) is not { } layouts || layouts.Count != variables.Count)
        {
            return false;
        }

        var symbols = Hdf5Symbols.Read(frame, superblock);
        var headers = variables.Select(name => symbols.GetValueOrDefault(name, -1)).ToList();
        if (!headers.TrueForAll(layouts.ContainsKey) || headers.Distinct().Count() != variables.Count)
            return false;

        for (var i = 0; i < variables.Count; i++)
        {
            var (message, checksumAt) = layouts[headers[i]];
            BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(message + AddressAt), frame.Length + (i * bytesEach));
            var header = frame.AsSpan(headers[i]..checksumAt);
            BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(checksumAt), Lookup3.Compute(header));
        }

        WriteEnd(frame, superblock, frame.Length + (variables.Count * bytesEach));
        return true;
    }

    /// <summary>Each object header with the layout of a variable that has no values, by its start: where the layout is, and the header's
    /// checksum. Null where one is not understood.</summary>
    private static Dictionary<int, (int Message, int ChecksumAt)>? Layouts(ReadOnlySpan<byte> frame, long bytesEach)
    {
        var layouts = new Dictionary<int, (int Message, int ChecksumAt)>();
        foreach (var message in Messages(frame, bytesEach))
        {
            if (HeaderAround(frame, message) is not var (start, checksumAt) || !layouts.TryAdd(start, (message, checksumAt)))
                return null;
        }

        return layouts;
    }

    /// <summary>The layouts of contiguous variables without values: version 3 or 4, class 1, no address, size.</summary>
    private static List<int> Messages(ReadOnlySpan<byte> frame, long bytesEach)
    {
        Span<byte> tail = stackalloc byte[MessageBytes - 1];
        tail[0] = 1;
        tail.Slice(1, sizeof(ulong)).Fill(0xff);
        BinaryPrimitives.WriteInt64LittleEndian(tail[9..], bytesEach);
        var found = new List<int>();
        for (var from = 0; frame[from..].IndexOf(tail) is var at && at >= 0; from += at + tail.Length)
        {
            if (from + at > 0 && frame[from + at - 1] is 3 or 4)
                found.Add(from + at - 1);
        }

        return found;
    }

    /// <summary>The object header that contains a message, if its checksum confirms that.</summary>
    private static (int Start, int ChecksumAt)? HeaderAround(ReadOnlySpan<byte> frame, int message)
    {
        var start = frame[..message].LastIndexOf(HeaderSignature);
        if (start < 0)
            return null;

        var flags = frame[start + HeaderSignature.Length];
        var sizeAt = start + HeaderSignature.Length + 1 + ((flags & TimesStored) != 0 ? 16 : 0) + ((flags & PhasesStored) != 0 ? 4 : 0);
        var width = 1 << (flags & SizeWidthBits);
        long size = 0;
        for (var i = width - 1; i >= 0; i--)
            size = (size << 8) | frame[sizeAt + i];

        var checksumAt = sizeAt + width + size;
        return size >= 0 && checksumAt >= message + MessageBytes && checksumAt + ChecksumBytes <= frame.Length
            && Holds(frame, start, (int)checksumAt) ? (start, (int)checksumAt) : null;
    }

    private static bool SuperblockHolds(ReadOnlySpan<byte> frame, Hdf5Superblock superblock) =>
        superblock.ChecksumAt is not { } at || Holds(frame, 0, at);

    private static bool Holds(ReadOnlySpan<byte> frame, int start, int checksumAt) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame[checksumAt..]) == Lookup3.Compute(frame[start..checksumAt]);

    private static void WriteEnd(Span<byte> frame, Hdf5Superblock superblock, long end)
    {
        BinaryPrimitives.WriteInt64LittleEndian(frame[superblock.EndAt..], end);
        if (superblock.ChecksumAt is { } at)
            BinaryPrimitives.WriteUInt32LittleEndian(frame[at..], Lookup3.Compute(frame[..at]));
    }
}

/// <summary>The first bytes of an HDF5 file, which is what a NetCDF-4 file is (HDF5 File Format Specification, version 3.0, section II.A).
/// HDF5 sees by them that a file on disk was cut short; of one in memory it takes zeros for what is missing.</summary>
internal sealed record Hdf5Superblock(int Version, int EndAt, ulong End)
{
    private const int WideOffsets = 8;

    /// <summary>The position of its checksum, which covers everything before it; null in versions without one.</summary>
    public int? ChecksumAt => Version >= 2 ? EndAt + 16 : null;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>Null if there is none, or none of those that the site's libraries write.</summary>
    public static Hdf5Superblock? Find(ReadOnlySpan<byte> file)
    {
        const int longest = 64;
        if (file.Length < longest || !file.StartsWith(Signature))
            return null;

        var version = file[8];
        var (widthAt, endAt) = version switch
        {
            0 => (13, 40),
            1 => (13, 44),
            2 or 3 => (9, 28),
            _ => (0, 0),
        };
        return widthAt > 0 && file[widthAt] == WideOffsets
            ? new Hdf5Superblock(version, endAt, BinaryPrimitives.ReadUInt64LittleEndian(file[endAt..]))
            : null;
    }
}

/// <summary>The names in an HDF5 file's root group, where that is of the older kind with a symbol table (HDF5 File Format Specification,
/// version 3.0, sections III.B to III.D), which is what libnetcdf makes in memory.</summary>
internal static class Hdf5Symbols
{
    private const int CacheTypeAt = 72;
    private const int HeapAddressAt = 88;
    private const int NodeHeaderBytes = 8;
    private const int EntryBytes = 40;

    private static ReadOnlySpan<byte> HeapSignature => "HEAP"u8;
    private static ReadOnlySpan<byte> NodeSignature => "SNOD\x01"u8;

    /// <summary>The address of each object's header, by the object's name; empty where the group is of another kind.</summary>
    public static Dictionary<string, int> Read(ReadOnlySpan<byte> file, Hdf5Superblock superblock)
    {
        var headers = new Dictionary<string, int>();
        if (superblock.Version != 0 || file.Length < HeapAddressAt + sizeof(ulong) || file[CacheTypeAt] != 1
            || Heap(file, Address(file, HeapAddressAt)) is not { } heap)
        {
            return headers;
        }

        for (var from = 0; file[from..].IndexOf(NodeSignature) is var at && at >= 0; from += at + NodeSignature.Length)
        {
            var node = from + at;
            var count = node + NodeHeaderBytes <= file.Length ? BinaryPrimitives.ReadUInt16LittleEndian(file[(node + 6)..]) : 0;
            for (var i = 0; i < count && node + NodeHeaderBytes + ((i + 1) * EntryBytes) <= file.Length; i++)
            {
                var entry = node + NodeHeaderBytes + (i * EntryBytes);
                if (Name(file, heap + (long)Address(file, entry)) is { } name)
                    headers[name] = Address(file, entry + sizeof(ulong));
            }
        }

        return headers;
    }

    /// <summary>Where the names of the group's local heap lie.</summary>
    private static int? Heap(ReadOnlySpan<byte> file, int header)
    {
        const int dataAt = 24;
        return header >= 0 && header + dataAt + sizeof(ulong) <= file.Length && file[header..].StartsWith(HeapSignature)
            && Address(file, header + dataAt) is >= 0 and var data ? data : null;
    }

    private static string? Name(ReadOnlySpan<byte> file, long at)
    {
        if (at < 0 || at >= file.Length)
            return null;

        var rest = file[(int)at..];
        var end = rest.IndexOf((byte)0);
        return end > 0 ? Encoding.UTF8.GetString(rest[..end]) : null;
    }

    /// <summary>An address or a number within the file; -1 if it is outside.</summary>
    private static int Address(ReadOnlySpan<byte> file, int at)
    {
        var address = BinaryPrimitives.ReadUInt64LittleEndian(file[at..]);
        return address < (ulong)file.Length ? (int)address : -1;
    }
}

/// <summary>The checksum of HDF5's metadata: Bob Jenkins's "lookup3" of 2006, its <c>hashlittle</c> with the initial value 0.</summary>
internal static class Lookup3
{
    private const uint Start = 0xdeadbeef;
    private const int Block = 12;

    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint a, b, c;
        a = b = c = unchecked(Start + (uint)bytes.Length);
        // The last block, full or not, is mixed in by the final rounds.
        for (; bytes.Length > Block; bytes = bytes[Block..])
        {
            Add(bytes, ref a, ref b, ref c);
            Mix(ref a, ref b, ref c);
        }

        if (bytes.Length == 0)
            return c;

        Span<byte> last = stackalloc byte[Block];
        last.Clear();
        bytes.CopyTo(last);
        Add(last, ref a, ref b, ref c);
        return Final(a, b, c);
    }

    private static void Add(ReadOnlySpan<byte> block, ref uint a, ref uint b, ref uint c)
    {
        a = unchecked(a + BinaryPrimitives.ReadUInt32LittleEndian(block));
        b = unchecked(b + BinaryPrimitives.ReadUInt32LittleEndian(block[4..]));
        c = unchecked(c + BinaryPrimitives.ReadUInt32LittleEndian(block[8..]));
    }

    private static void Mix(ref uint a, ref uint b, ref uint c)
    {
        unchecked
        {
            a = (a - c) ^ BitOperations.RotateLeft(c, 4);
            c += b;
            b = (b - a) ^ BitOperations.RotateLeft(a, 6);
            a += c;
            c = (c - b) ^ BitOperations.RotateLeft(b, 8);
            b += a;
            a = (a - c) ^ BitOperations.RotateLeft(c, 16);
            c += b;
            b = (b - a) ^ BitOperations.RotateLeft(a, 19);
            a += c;
            c = (c - b) ^ BitOperations.RotateLeft(b, 4);
            b += a;
        }
    }

    private static uint Final(uint a, uint b, uint c)
    {
        unchecked
        {
            c = (c ^ b) - BitOperations.RotateLeft(b, 14);
            a = (a ^ c) - BitOperations.RotateLeft(c, 11);
            b = (b ^ a) - BitOperations.RotateLeft(a, 25);
            c = (c ^ b) - BitOperations.RotateLeft(b, 16);
            a = (a ^ c) - BitOperations.RotateLeft(c, 4);
            b = (b ^ a) - BitOperations.RotateLeft(a, 14);
            return (c ^ b) - BitOperations.RotateLeft(b, 24);
        }
    }
}
