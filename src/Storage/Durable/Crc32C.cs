using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Cairn.Storage.Durable;

/// <summary>CRC-32C (Castagnoli; RFC 3720, appendix B.4) of files and messages. Uses the processor's own instruction where it has one, at
/// several gigabytes a second.</summary>
public static class Crc32C
{
    /// <summary>The instruction answers after three cycles and can be asked each cycle: long inputs go through it in three lanes of this
    /// many words, whose results are joined.</summary>
    private const int LaneWords = 512;

    /// <summary>What a lane of zeros makes of each byte of the register: <c>[256 * place + value]</c>.</summary>
    private static readonly uint[] PastLane = MakePastLane();

    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The checksum of everything that <paramref name="crc"/> covers, followed by <paramref name="bytes"/>; begin with
    /// 0.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        var rest = words;
        while (rest.Length >= 3 * LaneWords)
        {
            crc = ThreeLanes(crc, rest);
            rest = rest[(3 * LaneWords)..];
        }

        foreach (var word in rest)
            crc = BitOperations.Crc32C(crc, word);

        foreach (var last in bytes[(words.Length * sizeof(ulong))..])
            crc = BitOperations.Crc32C(crc, last);

        return ~crc;
    }

    /// <summary>The checksum of the rest of <paramref name="stream"/>, read in pieces.</summary>
    public static uint Compute(Stream stream)
    {
        var buffer = new byte[1 << 18];
        uint crc = 0;
        int read;
        while ((read = stream.Read(buffer)) > 0)
            crc = Append(crc, buffer.AsSpan(0, read));

        return crc;
    }

    /// <summary>The register after three lanes; it is linear, so lanes that started with zero are added to the shifted ones.</summary>
    private static uint ThreeLanes(uint crc, ReadOnlySpan<ulong> words)
    {
        var (first, second, third) = (crc, 0u, 0u);
        for (var i = 0; i < LaneWords; i++)
        {
            first = BitOperations.Crc32C(first, words[i]);
            second = BitOperations.Crc32C(second, words[LaneWords + i]);
            third = BitOperations.Crc32C(third, words[(2 * LaneWords) + i]);
        }

        return Past(Past(first) ^ second) ^ third;
    }

    private static uint Past(uint crc) =>
        PastLane[(byte)crc] ^ PastLane[256 + (byte)(crc >> 8)] ^ PastLane[512 + (byte)(crc >> 16)] ^ PastLane[768 + (byte)(crc >> 24)];

    private static uint[] MakePastLane()
    {
        var table = new uint[4 * 256];
        for (var bit = 0; bit < 32; bit++)
        {
            var image = 1u << bit;
            for (var i = 0; i < LaneWords; i++)
                image = BitOperations.Crc32C(image, 0ul);

            for (var value = 0; value < 256; value++)
                table[(256 * (bit / 8)) + value] ^= (value >> (bit % 8) & 1) == 0 ? 0 : image;
        }

        return table;
    }

    /// <summary>Eight lower-case hexadecimal digits, as manifests hold it.</summary>
    public static string Text(uint crc) => crc.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Digests of whole files, by content alone.</summary>
public static class FileDigest
{
    /// <summary>The SHA-256 of a file's bytes in lower-case hexadecimal, read in pieces.</summary>
    public static string Sha256(IDurableFiles files, string path)
    {
        using var stream = files.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
