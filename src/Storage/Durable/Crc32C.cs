using System.Numerics;
using System.Runtime.InteropServices;

namespace Cairn.Storage.Durable;

/// <summary>
/// CRC-32C (Castagnoli; RFC 3720, appendix B.4) of files and messages. Uses the processor's own instruction where it has one, at
/// several gigabytes a second.
/// </summary>
public static class Crc32C
{
    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>
    /// The checksum of everything that <paramref name="crc"/> covers, followed by <paramref name="bytes"/>; begin with 0.
    /// </summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (var last in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, last);
        }

        return ~crc;
    }

    /// <summary>The checksum of the rest of <paramref name="stream"/>, read in pieces.</summary>
    public static uint Compute(Stream stream)
    {
        var buffer = new byte[1 << 18];
        uint crc = 0;
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            crc = Append(crc, buffer.AsSpan(0, read));
        }

        return crc;
    }

    /// <summary>Eight lower-case hexadecimal digits, as manifests hold it.</summary>
    public static string Text(uint crc) => crc.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
}
