using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Cairn.Storage.Fields;

/// <summary>Turns the values of a chunk into its bytes and back.</summary>
internal static class ZarrChunk
{
    /// <param name="layout">What the store holds.</param>
    /// <param name="kept">How many bits of each value's mantissa are kept; null for all.</param>
    /// <param name="data">The values; what the chunk has more is missing.</param>
    /// <param name="widen">A value as double.</param>
    internal static byte[] Encode<T>(FieldLayout layout, int? kept, ReadOnlySpan<T> data, Func<T, double> widen) where T : unmanaged
    {
        var raw = new byte[layout.ChunkLength * Size(layout)];
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

        return layout switch
        {
            { CompressionLevel: 0 } => raw,
            { Codec: FieldCodec.Zstd } => ShuffledZstd.Encode(raw, Size(layout), layout.CompressionLevel),
            _ => Compress(raw, layout.CompressionLevel),
        };
    }

    /// <exception cref="DataException">The bytes do not hold exactly one chunk.</exception>
    internal static double[] Decode(FieldLayout layout, Stream stored, string path)
    {
        var raw = new byte[layout.ChunkLength * Size(layout)];
        var bytes = ReadAll(stored, raw.Length);
        var isWhole = layout switch
        {
            { CompressionLevel: 0 } => Copy(bytes, raw),
            { Codec: FieldCodec.Zstd } => ShuffledZstd.Decode(bytes, raw, Size(layout)),
            _ => Decompress(bytes, raw),
        };
        if (!isWhole)
        {
            throw new DataException(
                $"The chunk {path} ({bytes.Length} bytes) does not hold exactly {raw.Length} bytes of values. It is damaged; delete " +
                "it, and resume the run from a session before it to have it written anew.");
        }

        return layout.Precision == FieldPrecision.Single
            ? Array.ConvertAll(MemoryMarshal.Cast<byte, float>(raw).ToArray(), value => (double)value)
            : MemoryMarshal.Cast<byte, double>(raw).ToArray();
    }

    /// <summary>
    /// No more than incompressible values of that length can take: zlib adds 5 bytes per 16 KiB and its frame, but level 1 of zlib-ng,
    /// which .NET carries, writes up to 9 bits for a byte.
    /// </summary>
    private static byte[] ReadAll(Stream stored, int rawLength)
    {
        var most = rawLength + (rawLength / 8) + (rawLength / 1024) + 1024;
        var bytes = new byte[Math.Min(stored.Length, most)];
        stored.ReadExactly(bytes);
        return bytes;
    }

    private static bool Copy(byte[] bytes, byte[] raw)
    {
        bytes.AsSpan(0, Math.Min(bytes.Length, raw.Length)).CopyTo(raw);
        return bytes.Length == raw.Length;
    }

    private static bool Decompress(byte[] bytes, byte[] raw)
    {
        try
        {
            using var plain = new ZLibStream(new MemoryStream(bytes), CompressionMode.Decompress);
            var read = plain.ReadAtLeast(raw, raw.Length, throwOnEndOfStream: false);
            // The stream of .NET does not miss a checksum that was cut off.
            return read == raw.Length && plain.ReadByte() < 0 && BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(^4..)) == Adler32(raw);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>RFC 1950, section 8.2.</summary>
    private static uint Adler32(ReadOnlySpan<byte> bytes)
    {
        const uint Modulus = 65521;
        const int BytesBeforeOverflow = 5552;
        uint a = 1, b = 0;
        for (; bytes.Length > 0; bytes = bytes[Math.Min(BytesBeforeOverflow, bytes.Length)..])
        {
            foreach (var value in bytes[..Math.Min(BytesBeforeOverflow, bytes.Length)])
            {
                a += value;
                b += a;
            }

            a %= Modulus;
            b %= Modulus;
        }

        return (b << 16) | a;
    }

    private static int Size(FieldLayout layout) => layout.Precision == FieldPrecision.Single ? sizeof(float) : sizeof(double);

    private static void Fill<TIn, TOut>(Span<TOut> into, ReadOnlySpan<TIn> data, TOut missing, Func<TIn, TOut> convert)
    {
        for (var i = 0; i < data.Length; i++)
        {
            into[i] = convert(data[i]);
        }

        into[data.Length..].Fill(missing);
    }

    private static byte[] Compress(byte[] raw, int level)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true))
        {
            zlib.Write(raw);
        }

        return compressed.ToArray();
    }
}
