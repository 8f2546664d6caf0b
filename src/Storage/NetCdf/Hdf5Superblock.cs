using System.Buffers.Binary;

namespace Cairn.Storage.NetCdf;

/// <summary>
/// The first bytes of an HDF5 file, which is what a NetCDF-4 file is (HDF5 File Format Specification, version 3.0, section II.A). HDF5 sees
/// by them that a file on disk was cut short; of one in memory it takes zeros for what is missing.
/// </summary>
/// <param name="Version">From 0 to 3.</param>
/// <param name="EndAt">Where the field stands that holds <paramref name="End"/>.</param>
/// <param name="End">How many bytes a whole file has at least.</param>
internal sealed record Hdf5Superblock(int Version, int EndAt, ulong End)
{
    private const int WideOffsets = 8;

    /// <summary>Where its checksum stands, which covers everything before it; null in the versions without one.</summary>
    public int? ChecksumAt => Version >= 2 ? EndAt + 16 : null;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>Null if there is none, or none of those that the site's libraries write.</summary>
    public static Hdf5Superblock? Find(ReadOnlySpan<byte> file)
    {
        const int longest = 64;
        if (file.Length < longest || !file.StartsWith(Signature))
        {
            return null;
        }

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
