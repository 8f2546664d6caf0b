using System.Buffers.Binary;
using System.Text;

namespace Cairn.Storage.NetCdf;

/// <summary>
/// The names in an HDF5 file's root group, where that is of the older kind with a symbol table (HDF5 File Format Specification, version
/// 3.0, sections III.B to III.D), which is what libnetcdf makes in memory.
/// </summary>
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
        var headers = new Dictionary<string, int>(StringComparer.Ordinal);
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
                {
                    headers[name] = Address(file, entry + sizeof(ulong));
                }
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
        {
            return null;
        }

        var rest = file[(int)at..];
        var end = rest.IndexOf((byte)0);
        return end > 0 ? Encoding.UTF8.GetString(rest[..end]) : null;
    }

    /// <summary>An address, or a number, that lies in the file; -1 where it does not.</summary>
    private static int Address(ReadOnlySpan<byte> file, int at)
    {
        var address = BinaryPrimitives.ReadUInt64LittleEndian(file[at..]);
        return address < (ulong)file.Length ? (int)address : -1;
    }
}
