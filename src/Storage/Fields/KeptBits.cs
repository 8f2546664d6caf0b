using System.Numerics;
using System.Runtime.InteropServices;

namespace Cairn.Storage.Fields;

/// <summary>
/// Rounding to the nearest number whose mantissa has only some bits set, the even one of two as near (Klöwer et al. 2021, Nat. Comput. Sci.
/// 1, 713-724): what is left compresses better, and reads as any other number.
/// </summary>
internal static class KeptBits
{
    /// <summary>The attribute that netcdf-c gives variables which it rounds so (<c>NC_QUANTIZE_BITROUND</c>).</summary>
    internal const string Attribute = "_QuantizeBitRoundNumberOfSignificantBits";

    internal const int OfSingle = 23, OfDouble = 52;

    internal static void Round(Span<float> values, int kept)
    {
        foreach (ref var bits in MemoryMarshal.Cast<float, uint>(values))
        {
            var rounded = Round(bits, OfSingle - kept);
            bits = float.IsFinite(BitConverter.UInt32BitsToSingle(rounded)) ? rounded : bits;
        }
    }

    internal static void Round(Span<double> values, int kept)
    {
        foreach (ref var bits in MemoryMarshal.Cast<double, ulong>(values))
        {
            var rounded = Round(bits, OfDouble - kept);
            bits = double.IsFinite(BitConverter.UInt64BitsToDouble(rounded)) ? rounded : bits;
        }
    }

    /// <summary>What is no finite number before or after it, its caller leaves as it is.</summary>
    private static T Round<T>(T bits, int dropped) where T : IBinaryInteger<T> => dropped == 0
        ? bits
        : (bits + (T.One << (dropped - 1)) - T.One + ((bits >> dropped) & T.One)) >> dropped << dropped;
}
