using System.Buffers.Binary;

namespace Cairn.Storage.NetCdf;

/// <summary>
/// A NetCDF-4 file whose variables were defined and never written: all of it but the values. HDF5 appends the values of a contiguous
/// variable to the file when they are first written, and notes in the variable's object header where they lie; here the places are noted
/// beforehand, so that the values need not pass through the library and its copies of them (HDF5 File Format Specification, version 3.0,
/// sections IV.A.1.b and IV.A.2.i).
/// </summary>
internal static class Hdf5Frame
{
    private const int AddressAt = 2;
    private const int MessageBytes = 18;
    private const int ChecksumBytes = 4;
    private const byte SizeWidthBits = 0x3;
    private const byte PhasesStored = 0x10;
    private const byte TimesStored = 0x20;

    private static ReadOnlySpan<byte> HeaderSignature => "OHDR\x02"u8;

    /// <summary>
    /// Notes in the frame that the values of its variables follow it, one variable after the other.
    /// </summary>
    /// <param name="frame">The file as <see cref="NetCdfWriter.CloseInMemory()"/> gives it.</param>
    /// <param name="variables">The names of all its variables, which are contiguous, in the order of their values.</param>
    /// <param name="bytesEach">How many bytes the values of each take, the same for all.</param>
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
        {
            return false;
        }

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

    /// <summary>
    /// Each object header with the layout of a variable that has no values, by where it begins: where the layout stands, and the header's
    /// checksum. Null where one is not understood.
    /// </summary>
    private static Dictionary<int, (int Message, int ChecksumAt)>? Layouts(ReadOnlySpan<byte> frame, long bytesEach)
    {
        var layouts = new Dictionary<int, (int Message, int ChecksumAt)>();
        foreach (var message in Messages(frame, bytesEach))
        {
            if (HeaderAround(frame, message) is not var (start, checksumAt) || !layouts.TryAdd(start, (message, checksumAt)))
            {
                return null;
            }
        }

        return layouts;
    }

    /// <summary>Where the layouts of contiguous variables stand that have no values: version 3 or 4, class 1, no address, size.</summary>
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
            {
                found.Add(from + at - 1);
            }
        }

        return found;
    }

    /// <summary>The object header that a message lies in, if its checksum shows that it was understood.</summary>
    private static (int Start, int ChecksumAt)? HeaderAround(ReadOnlySpan<byte> frame, int message)
    {
        var start = frame[..message].LastIndexOf(HeaderSignature);
        if (start < 0)
        {
            return null;
        }

        var flags = frame[start + HeaderSignature.Length];
        var sizeAt = start + HeaderSignature.Length + 1 + ((flags & TimesStored) != 0 ? 16 : 0) + ((flags & PhasesStored) != 0 ? 4 : 0);
        var width = 1 << (flags & SizeWidthBits);
        long size = 0;
        for (var i = width - 1; i >= 0; i--)
        {
            size = (size << 8) | frame[sizeAt + i];
        }

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
        {
            BinaryPrimitives.WriteUInt32LittleEndian(frame[at..], Lookup3.Compute(frame[..at]));
        }
    }
}
