using System.Buffers.Binary;
using ZstdSharp.Unsafe;
using ZstdSharp;

namespace Cairn.Storage.Fields.Zarr;

/// <summary>Zstandard over shuffled bytes: the first bytes of all values, then the second ones, and so on, as numcodecs' <c>shuffle</c>
/// does, since those of neighbours are alike. Frames carry checksums.</summary>
internal static class ShuffledZstd
{
    internal static byte[] Encode(byte[] raw, int itemSize, int level)
    {
        using var zstd = new Compressor(level);
        zstd.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return zstd.Wrap(Shuffled(raw, itemSize)).ToArray();
    }

    /// <summary>Fills <paramref name="raw"/>; false where the bytes do not hold exactly so many.</summary>
    internal static bool Decode(ReadOnlySpan<byte> bytes, byte[] raw, int itemSize)
    {
        try
        {
            using var zstd = new Decompressor();
            var shuffled = new byte[raw.Length];
            if (!zstd.TryUnwrap(bytes, shuffled, out var written) || written != raw.Length)
                return false;

            Unshuffle(shuffled, raw, itemSize);
            return true;
        }
        catch (ZstdException)
        {
            return false;
        }
    }

    private static byte[] Shuffled(byte[] raw, int itemSize)
    {
        var (shuffled, items) = (new byte[raw.Length], raw.Length / itemSize);
        for (var b = 0; b < itemSize; b++)
        {
            for (int i = 0, from = b, to = b * items; i < items; i++, from += itemSize, to++)
                shuffled[to] = raw[from];
        }

        return shuffled;
    }

    private static void Unshuffle(byte[] shuffled, byte[] raw, int itemSize)
    {
        var items = raw.Length / itemSize;
        for (var b = 0; b < itemSize; b++)
        {
            for (int i = 0, to = b, from = b * items; i < items; i++, to += itemSize, from++)
                raw[to] = shuffled[from];
        }
    }
}

/// <summary>The frame that Blosc 1 gives a buffer (https://github.com/Blosc/c-blosc/blob/main/README_CHUNK_FORMAT.rst), around one block of
/// <see cref="ShuffledZstd"/>: what the codec <c>blosc</c> of Zarr reads. A buffer that does not become smaller is stored as it
/// is.</summary>
internal static class BloscFrame
{
    /// <summary>The most bytes of a block, by <c>BLOSC_MAX_BLOCKSIZE</c> of c-blosc.</summary>
    internal const int MostBytes = (int.MaxValue - (255 * sizeof(int))) / 3;

    private const byte FormatVersion = 2, ZstdVersion = 1;
    private const byte Shuffled = 0x01, Stored = 0x02, Unsplit = 0x10, Zstd = 4 << 5;
    private const int HeaderBytes = 16;

    /// <summary>The header, the offset of the only block, and the length of its only stream.</summary>
    private const int PrefixBytes = HeaderBytes + (2 * sizeof(int));

    internal static byte[] Encode(byte[] raw, int itemSize, int level)
    {
        var block = ShuffledZstd.Encode(raw, itemSize, level);
        var isSmaller = PrefixBytes + block.Length < HeaderBytes + raw.Length;
        var frame = new byte[isSmaller ? PrefixBytes + block.Length : HeaderBytes + raw.Length];
        Header(frame.Length, raw.Length, itemSize, isSmaller).CopyTo(frame, 0);
        if (isSmaller)
        {
            BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(HeaderBytes), HeaderBytes + sizeof(int));
            BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(HeaderBytes + sizeof(int)), block.Length);
        }

        (isSmaller ? block : raw).CopyTo(frame, frame.Length - (isSmaller ? block : raw).Length);
        return frame;
    }

    /// <summary>Fills <paramref name="raw"/>; false where the bytes are no such frame of exactly so many.</summary>
    internal static bool Decode(ReadOnlySpan<byte> frame, byte[] raw, int itemSize)
    {
        if (frame.StartsWith(Header(frame.Length, raw.Length, itemSize, isSmaller: false)) && frame.Length == HeaderBytes + raw.Length)
        {
            frame[HeaderBytes..].CopyTo(raw);
            return true;
        }

        return frame.Length > PrefixBytes && frame.StartsWith(Header(frame.Length, raw.Length, itemSize, isSmaller: true))
            && BinaryPrimitives.ReadInt32LittleEndian(frame[HeaderBytes..]) == HeaderBytes + sizeof(int)
            && BinaryPrimitives.ReadInt32LittleEndian(frame[(HeaderBytes + sizeof(int))..]) == frame.Length - PrefixBytes
            && ShuffledZstd.Decode(frame[PrefixBytes..], raw, itemSize);
    }

    private static byte[] Header(int frame, int raw, int itemSize, bool isSmaller)
    {
        var header = new byte[HeaderBytes];
        header[0] = FormatVersion;
        header[1] = ZstdVersion;
        header[2] = (byte)(Zstd | Unsplit | Shuffled | (isSmaller ? 0 : Stored));
        header[3] = (byte)itemSize;
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), raw);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), raw);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), frame);
        return header;
    }
}
