using System.Buffers.Binary;

namespace Cairn.Engine.Pictures;

/// <summary>One field at one lead time as whole numbers: code 0 is missing, code c from 1 is <c>offset + scale (c - 1)</c>, with the
/// plane's own offset and scale, so that no value is off by more than half a step of the plane's range. Each code is stored as the
/// difference from what its neighbours west (a), north (b) and north-west (c) predict, a + b - c, which compresses well where fields are
/// smooth.</summary>
internal static class PlaneCodec
{
    /// <summary>Slot and lead time as u32, offset and scale as f64, little-endian.</summary>
    public const int HeaderBytes = 24;

    /// <summary>Appends a plane.</summary>
    public static void Write(
        Stream target, int slot, int leadTime, ReadOnlySpan<double> plane, int width, GridOrder order, int bits)
    {
        var values = Picked(plane, width, order);
        var (low, high) = Range(values);
        var scale = high > low ? (high - low) / ((1 << bits) - 2) : 0;
        Span<byte> header = stackalloc byte[HeaderBytes];
        BinaryPrimitives.WriteInt32LittleEndian(header, slot);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], leadTime);
        BinaryPrimitives.WriteDoubleLittleEndian(header[8..], low);
        BinaryPrimitives.WriteDoubleLittleEndian(header[16..], scale);
        target.Write(header);
        target.Write(Residues(Array.ConvertAll(values, v => Code(v, low, scale, (1 << bits) - 2)), order.Columns.Length, bits));
    }

    private static int Code(double value, double low, double scale, int last) =>
        !double.IsFinite(value) ? 0 : scale > 0 ? 1 + (int)Math.Clamp(Math.Round((value - low) / scale), 0, last) : 1;

    private static double[] Picked(ReadOnlySpan<double> plane, int width, GridOrder order)
    {
        var values = new double[order.Rows.Length * order.Columns.Length];
        var next = 0;
        foreach (var row in order.Rows)
        {
            foreach (var column in order.Columns)
                values[next++] = plane[(row * width) + column];
        }
        return values;
    }

    /// <summary>Least and greatest finite value; 0 and 0 where there is none.</summary>
    private static (double Low, double High) Range(double[] values)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values)
        {
            if (double.IsFinite(value))
                (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }
        // A range that overflows cannot be cut into steps; halves of the largest numbers can.
        return low > high ? (0, 0) : (Math.Max(low, double.MinValue / 4), Math.Min(high, double.MaxValue / 4));
    }

    /// <summary>8 bits: a byte each, modulo 256. 16 bits: folded so that small differences of either sign are small, high bytes
    /// first.</summary>
    private static byte[] Residues(int[] codes, int width, int bits)
    {
        var bytes = new byte[codes.Length * bits / 8];
        for (var i = 0; i < codes.Length; i++)
        {
            var hasWest = i % width > 0;
            var west = hasWest ? codes[i - 1] : 0;
            var north = i >= width ? codes[i - width] : 0;
            var corner = hasWest && i >= width ? codes[i - width - 1] : 0;
            var residue = codes[i] - (west + north - corner);
            if (bits == 8)
            {
                bytes[i] = (byte)residue;
            }
            else
            {
                var signed = (short)residue;
                var folded = (ushort)((signed << 1) ^ (signed >> 15));
                bytes[i] = (byte)(folded >> 8);
                bytes[codes.Length + i] = (byte)folded;
            }
        }
        return bytes;
    }
}
