using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Cairn.Storage.Fields.Zarr;

/// <summary>
/// Zstandard over shuffled bytes: the first bytes of all values, then the second ones, and so on, as numcodecs' <c>shuffle</c> does, since
/// those of neighbours are alike. Frames carry checksums.
/// </summary>
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
            {
                return false;
            }

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
            {
                shuffled[to] = raw[from];
            }
        }

        return shuffled;
    }

    private static void Unshuffle(byte[] shuffled, byte[] raw, int itemSize)
    {
        var items = raw.Length / itemSize;
        for (var b = 0; b < itemSize; b++)
        {
            for (int i = 0, to = b, from = b * items; i < items; i++, to += itemSize, from++)
            {
                raw[to] = shuffled[from];
            }
        }
    }
}
