using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Cairn.Storage.Arrays;

/// <summary>Turns big-endian elements into little-endian ones, in place.</summary>
internal static class ByteOrder
{
    internal static void Swap(Span<byte> data, int size)
    {
        switch (size)
        {
            case 2:
                var shorts = MemoryMarshal.Cast<byte, ushort>(data);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                var ints = MemoryMarshal.Cast<byte, uint>(data);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            case 8:
                var longs = MemoryMarshal.Cast<byte, ulong>(data);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
            default:
                // Single bytes and byte strings have no order.
                break;
        }
    }
}
