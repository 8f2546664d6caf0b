using System.Buffers.Binary;
using Cairn.Storage.Durable;

namespace Cairn.Storage.Fields.Zarr;

/// <summary>
/// Several chunks in one file, as the codec <c>sharding_indexed</c> of Zarr version 3 lays them out
/// (https://zarr-specs.readthedocs.io/en/latest/v3/codecs/sharding-indexed/): one behind the other, then for each its offset and its
/// length, little-endian numbers of 8 bytes with all bits set where there is no chunk, then the CRC-32C of these.
/// </summary>
internal static class ZarrShard
{
    private const int EntryBytes = 2 * sizeof(ulong);
    private const ulong Nothing = ulong.MaxValue;

    /// <summary>The bytes of a shard.</summary>
    /// <param name="chunks">Its chunks in C order; null for one that is not there.</param>
    internal static byte[] Encode(IReadOnlyList<byte[]?> chunks)
    {
        var end = chunks.Sum(chunk => chunk?.LongLength ?? 0);
        var shard = new byte[checked(end + IndexBytes(chunks.Count))];
        var index = shard.AsSpan((int)end);
        var offset = 0;
        for (var i = 0; i < chunks.Count; i++)
        {
            chunks[i]?.CopyTo(shard, offset);
            var entry = index[(i * EntryBytes)..];
            BinaryPrimitives.WriteUInt64LittleEndian(entry, chunks[i] is null ? Nothing : (ulong)offset);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[sizeof(ulong)..], (ulong?)chunks[i]?.Length ?? Nothing);
            offset += chunks[i]?.Length ?? 0;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(index[^sizeof(uint)..], Crc32C.Compute(index[..^sizeof(uint)]));
        return shard;
    }

    /// <summary>The bytes of one chunk of a shard, or null where it has no such chunk.</summary>
    /// <param name="shard">The file.</param>
    /// <param name="chunks">How many chunks a shard has room for.</param>
    /// <param name="place">The number of the chunk in C order.</param>
    /// <param name="most">The most bytes that a chunk may have.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <exception cref="DataException">The shard is damaged.</exception>
    internal static byte[]? Read(Stream shard, long chunks, long place, long most, string path)
    {
        var end = shard.Length - IndexBytes(chunks);
        if (end < 0)
        {
            throw Damaged(path, $"it has {shard.Length} bytes, and the index of {chunks} chunks at its end alone has {IndexBytes(chunks)}");
        }

        var index = new byte[IndexBytes(chunks)];
        shard.Position = end;
        shard.ReadExactly(index);
        if (BinaryPrimitives.ReadUInt32LittleEndian(index.AsSpan(^sizeof(uint)..)) != Crc32C.Compute(index.AsSpan(..^sizeof(uint))))
        {
            throw Damaged(path, "the index at its end does not match its checksum");
        }

        var entry = index.AsSpan((int)place * EntryBytes, EntryBytes);
        var offset = BinaryPrimitives.ReadUInt64LittleEndian(entry);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(entry[sizeof(ulong)..]);
        if ((offset, length) == (Nothing, Nothing))
        {
            return null;
        }

        if (offset > (ulong)end || length > (ulong)end - offset || length > (ulong)most)
        {
            throw Damaged(path, $"its index has chunk {place} at byte {offset} with {length} bytes; expected at most {most} of the {end} "
                + "before the index");
        }

        var bytes = new byte[length];
        shard.Position = (long)offset;
        shard.ReadExactly(bytes);
        return bytes;
    }

    private static long IndexBytes(long chunks) => checked((chunks * EntryBytes) + sizeof(uint));

    private static DataException Damaged(string path, string what) => new(
        $"The shard {path} is damaged: {what}. Delete it, and resume the run from a session before it, so that it is written again.");
}
