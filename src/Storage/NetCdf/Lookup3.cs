using System.Buffers.Binary;
using System.Numerics;

namespace Cairn.Storage.NetCdf;

/// <summary>The checksum of HDF5's metadata: Bob Jenkins's "lookup3" of 2006, its <c>hashlittle</c> with the initial value 0.</summary>
internal static class Lookup3
{
    private const uint Start = 0xdeadbeef;
    private const int Block = 12;

    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint a, b, c;
        a = b = c = unchecked(Start + (uint)bytes.Length);
        // The last block, full or not, is mixed in by the final rounds.
        for (; bytes.Length > Block; bytes = bytes[Block..])
        {
            Add(bytes, ref a, ref b, ref c);
            Mix(ref a, ref b, ref c);
        }

        if (bytes.Length == 0)
        {
            return c;
        }

        Span<byte> last = stackalloc byte[Block];
        last.Clear();
        bytes.CopyTo(last);
        Add(last, ref a, ref b, ref c);
        return Final(a, b, c);
    }

    private static void Add(ReadOnlySpan<byte> block, ref uint a, ref uint b, ref uint c)
    {
        a = unchecked(a + BinaryPrimitives.ReadUInt32LittleEndian(block));
        b = unchecked(b + BinaryPrimitives.ReadUInt32LittleEndian(block[4..]));
        c = unchecked(c + BinaryPrimitives.ReadUInt32LittleEndian(block[8..]));
    }

    private static void Mix(ref uint a, ref uint b, ref uint c)
    {
        unchecked
        {
            a = (a - c) ^ BitOperations.RotateLeft(c, 4);
            c += b;
            b = (b - a) ^ BitOperations.RotateLeft(a, 6);
            a += c;
            c = (c - b) ^ BitOperations.RotateLeft(b, 8);
            b += a;
            a = (a - c) ^ BitOperations.RotateLeft(c, 16);
            c += b;
            b = (b - a) ^ BitOperations.RotateLeft(a, 19);
            a += c;
            c = (c - b) ^ BitOperations.RotateLeft(b, 4);
            b += a;
        }
    }

    private static uint Final(uint a, uint b, uint c)
    {
        unchecked
        {
            c = (c ^ b) - BitOperations.RotateLeft(b, 14);
            a = (a ^ c) - BitOperations.RotateLeft(c, 11);
            b = (b ^ a) - BitOperations.RotateLeft(a, 25);
            c = (c ^ b) - BitOperations.RotateLeft(b, 16);
            a = (a ^ c) - BitOperations.RotateLeft(c, 4);
            b = (b ^ a) - BitOperations.RotateLeft(a, 14);
            return (c ^ b) - BitOperations.RotateLeft(b, 24);
        }
    }
}
