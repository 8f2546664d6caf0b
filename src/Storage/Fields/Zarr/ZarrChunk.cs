using System.Runtime.InteropServices;

namespace Cairn.Storage.Fields.Zarr;

/// <summary>Turns the values that are written at once into the bytes of a file, a chunk or a shard of them, and a chunk's back.</summary>
internal static class ZarrChunk
{
    /// <param name="layout">What the store holds.</param>
    /// <param name="kept">How many bits of each value's mantissa are kept; null for all.</param>
    /// <param name="data">The values; what the last chunk has more is missing, and so are the chunks behind it.</param>
    /// <param name="widen">A value as double.</param>
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
        {
            return null;
        }

        if (!ChunkCodec.Of(layout).Decode(bytes, raw))
        {
            throw new DataException(
                $"The chunk {path}{(layout.ChunksPerShard > 1 ? $", number {place} in it," : "")} ({bytes.Length} bytes) does not hold "
              + $"exactly {raw.Length} bytes of values. It is damaged; delete it, and resume the run from a session before it, so that "
              + "it is written again.");
        }

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
        {
            into[i] = convert(data[i]);
        }

        into[data.Length..].Fill(missing);
    }
}
