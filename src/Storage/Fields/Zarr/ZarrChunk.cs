using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Cairn.Storage.Fields.Zarr;

/// <summary>Turns the values that are written at once into the bytes of a file, a chunk or a shard of them, and a chunk's back.</summary>
internal static class ZarrChunk
{
    /// <param name="data">The values; what the last chunk has more is missing, and so are the chunks behind it.</param>
    internal static byte[] Encode<T>(FieldLayout layout, int? kept, ReadOnlySpan<T> data, Func<T, double> widen) where T : unmanaged
    {
        var codec = ChunkCodec.Of(layout);
        var chunks = new byte[]?[layout.ChunksPerShard];
        for (var i = 0; i < chunks.Length && i * layout.ChunkLength < data.Length; i++)
        {
            var values = data[(i * layout.ChunkLength)..];
            chunks[i] = codec.Encode(Raw(layout, kept, values[..Math.Min(values.Length, layout.ChunkLength)], widen));
        }

        return ZarrFormat.Of(layout).HasShards ? ZarrShard.Encode(chunks) : chunks[0]!;
    }

    /// <summary>The values of one chunk of a file, or null where it holds no such chunk.</summary>
    /// <exception cref="DataException">The file is damaged.</exception>
    internal static double[]? Decode(FieldLayout layout, Stream stored, int place, string path)
    {
        var raw = new byte[layout.ChunkLength * layout.ValueBytes];
        var most = ChunkCodec.MostBytes(raw.Length);
        var bytes = ZarrFormat.Of(layout).HasShards
            ? ZarrShard.Read(stored, layout.ChunksPerShard, place, most, path)
            : ReadAll(stored, most);
        if (bytes is null)
            return null;

        if (!ChunkCodec.Of(layout).Decode(bytes, raw))
            throw new DataException(
                $"The chunk {path}{(layout.ChunksPerShard > 1 ? $", number {place} in it," : "")} ({bytes.Length} bytes) does not hold "
              + $"exactly {raw.Length} bytes of values. It is damaged; delete it, and resume the run from a session before it, so that "
              + "it is written again.");

        return layout.Precision == FieldPrecision.Single
            ? Array.ConvertAll(MemoryMarshal.Cast<byte, float>(raw).ToArray(), value => (double)value)
            : MemoryMarshal.Cast<byte, double>(raw).ToArray();
    }

    /// <summary>All of a file, or as much of it as shows that it is too long.</summary>
    internal static byte[] ReadAll(Stream stored, long most)
    {
        var bytes = new byte[Math.Min(stored.Length, most)];
        stored.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] Raw<T>(FieldLayout layout, int? kept, ReadOnlySpan<T> data, Func<T, double> widen) where T : unmanaged
    {
        var raw = new byte[layout.ChunkLength * layout.ValueBytes];
        if (layout.Precision == FieldPrecision.Single)
        {
            var values = MemoryMarshal.Cast<byte, float>(raw.AsSpan());
            Fill(values, data, float.NaN, value => (float)widen(value));
            KeptBits.Round(values[..data.Length], kept ?? KeptBits.OfSingle);
        }
        else
        {
            var values = MemoryMarshal.Cast<byte, double>(raw.AsSpan());
            Fill(values, data, double.NaN, widen);
            KeptBits.Round(values[..data.Length], kept ?? KeptBits.OfDouble);
        }

        return raw;
    }

    private static void Fill<TIn, TOut>(Span<TOut> into, ReadOnlySpan<TIn> data, TOut missing, Func<TIn, TOut> convert)
    {
        for (var i = 0; i < data.Length; i++)
            into[i] = convert(data[i]);

        into[data.Length..].Fill(missing);
    }
}

/// <summary>Several chunks in one file, as the codec <c>sharding_indexed</c> of Zarr version 3 lays them out
/// (https://zarr-specs.readthedocs.io/en/latest/v3/codecs/sharding-indexed/): one behind the other, then for each its offset and its
/// length, little-endian numbers of 8 bytes with all bits set where there is no chunk, then the CRC-32C of these.</summary>
internal static class ZarrShard
{
    private const int EntryBytes = 2 * sizeof(ulong);
    private const ulong Nothing = ulong.MaxValue;

    /// <summary>The bytes of a shard.</summary>
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
    /// <exception cref="DataException">The shard is damaged.</exception>
    internal static byte[]? Read(Stream shard, long chunks, long place, long most, string path)
    {
        var end = shard.Length - IndexBytes(chunks);
        if (end < 0)
            throw Damaged(path, $"it has {shard.Length} bytes, and the index of {chunks} chunks at its end alone has {IndexBytes(chunks)}");

        var index = new byte[IndexBytes(chunks)];
        shard.Position = end;
        shard.ReadExactly(index);
        if (BinaryPrimitives.ReadUInt32LittleEndian(index.AsSpan(^sizeof(uint)..)) != Crc32C.Compute(index.AsSpan(..^sizeof(uint))))
            throw Damaged(path, "the index at its end does not match its checksum");

        var entry = index.AsSpan((int)place * EntryBytes, EntryBytes);
        var offset = BinaryPrimitives.ReadUInt64LittleEndian(entry);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(entry[sizeof(ulong)..]);
        if ((offset, length) == (Nothing, Nothing))
            return null;

        if (offset > (ulong)end || length > (ulong)end - offset || length > (ulong)most)
            throw Damaged(path, $"its index has chunk {place} at byte {offset} with {length} bytes; expected at most {most} of the {end} "
                + "before the index");

        var bytes = new byte[length];
        shard.Position = (long)offset;
        shard.ReadExactly(bytes);
        return bytes;
    }

    private static long IndexBytes(long chunks) => checked((chunks * EntryBytes) + sizeof(uint));

    private static DataException Damaged(string path, string what) => new(
        $"The shard {path} is damaged: {what}. Delete it, and resume the run from a session before it, so that it is written again.");
}
