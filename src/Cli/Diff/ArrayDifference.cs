using System.Globalization;
using System.Numerics;
using Cairn.Storage.Arrays;

namespace Cairn.Cli.Diff;

/// <summary>
/// How two arrays of one dtype and shape differ. Works piece by piece, so that fields larger than memory can be compared. NaN equals
/// NaN.
/// </summary>
internal sealed class ArrayDifference(NpyDType dtype, IReadOnlyList<long> shape)
{
    private long _bits;
    private long _firstBits = -1;
    private long _values;
    private long _first = -1;
    private long _missing;
    private double _most;
    private long _at = -1;

    public bool Any => _bits > 0;

    /// <summary>Compares whole arrays.</summary>
    public static string? Of(NdArray a, NdArray b)
    {
        if (a.DType != b.DType || !a.Shape.SequenceEqual(b.Shape))
            return $"A has {Describe(a.DType, a.Shape)}, B has {Describe(b.DType, b.Shape)}";

        var difference = new ArrayDifference(a.DType, a.Shape);
        difference.Add(a.Data.Span, b.Data.Span, static at => at);
        return difference.Any ? difference.ToString() : null;
    }

    public static string Describe(NpyDType dtype, IReadOnlyList<long> shape) => $"{dtype.Name}[{string.Join(", ", shape)}]";

    /// <summary>Compares a piece.</summary>
    /// <param name="a">Elements of A.</param>
    /// <param name="b">The same number of elements of B.</param>
    /// <param name="place">Maps an element's index in the piece to its index in the whole array, in C order.</param>
    public void Add(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, Func<long, long> place)
    {
        if (a.SequenceEqual(b))
            return;

        for (var at = 0; at < a.Length / dtype.ItemSize; at++)
        {
            var x = a.Slice(at * dtype.ItemSize, dtype.ItemSize);
            var y = b.Slice(at * dtype.ItemSize, dtype.ItemSize);
            if (!x.SequenceEqual(y))
                Count(place(at), Magnitude(x, y));
        }
    }

    /// <summary>The number of differing elements, the largest difference and its position.</summary>
    public override string ToString()
    {
        var total = shape.Aggregate(1L, (product, extent) => product * extent);
        var text = string.Create(CultureInfo.InvariantCulture, $"{_bits} of {total} elements differ, first at {Index(_firstBits)}");
        if (_values == 0)
            return text + ", but only in bits: the sign of zeros, or the payload of NaNs";

        text += _first == _firstBits ? "" : $" (in value at {Index(_first)})";
        text += _at < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", by {_most:R} at most, at {Index(_at)}");
        return text + (_missing == 0 ? "" : $", {_missing} of them NaN or infinite on one side only");
    }

    private void Count(long place, double magnitude)
    {
        _bits++;
        _firstBits = _firstBits < 0 ? place : Math.Min(_firstBits, place);
        if (magnitude == 0)
            return;

        _values++;
        _first = _first < 0 ? place : Math.Min(_first, place);
        if (!double.IsFinite(magnitude))
            _missing += dtype.Kind is 'f' or 'c' ? 1 : 0;
        else if (_at < 0 || magnitude > _most || (magnitude == _most && place < _at))
            (_most, _at) = (magnitude, place);
    }

    /// <summary>0 for equal values with different bits; NaN if no difference can be computed.</summary>
    private double Magnitude(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (dtype.Kind is not ('f' or 'i' or 'u' or 'c' or 'm' or 'M' or 'b'))
            return double.NaN;

        if (dtype.Kind == 'c')
        {
            var half = new NpyDType('f', dtype.ItemSize / 2);
            var (re, im) = (Distance(half, a, b), Distance(half, a[half.ItemSize..], b[half.ItemSize..]));
            return double.IsNaN(re) || double.IsNaN(im) ? double.NaN : new Complex(re, im).Magnitude;
        }

        return Distance(dtype, a, b);
    }

    private static double Distance(NpyDType dtype, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (dtype.Kind is 'i' or 'u' or 'm' or 'M' or 'b')
        {
            var unsigned = dtype.Kind is 'u' or 'b';
            return (double)BigInteger.Abs(
                new BigInteger(a[..dtype.ItemSize], unsigned) - new BigInteger(b[..dtype.ItemSize], unsigned));
        }

        var (x, y) = (Real(dtype, a), Real(dtype, b));
        return x.Equals(y) || x == y ? 0 : double.IsFinite(x) && double.IsFinite(y) ? Math.Abs(x - y) : double.NaN;
    }

    private static double Real(NpyDType dtype, ReadOnlySpan<byte> bytes) => dtype.ItemSize switch
    {
        2 => (double)BitConverter.ToHalf(bytes),
        4 => BitConverter.ToSingle(bytes),
        _ => BitConverter.ToDouble(bytes),
    };

    private string Index(long place)
    {
        var index = new long[shape.Count];
        for (var axis = shape.Count - 1; axis >= 0; axis--)
            (place, index[axis]) = Math.DivRem(place, shape[axis]);

        return $"[{string.Join(", ", index)}]";
    }
}
