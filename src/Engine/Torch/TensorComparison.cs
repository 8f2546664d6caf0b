namespace Cairn.Engine.Torch;

/// <summary>What tensors are and how they differ, to the last bit.</summary>
public static class TensorComparison
{
    private const int Piece = 1 << 30;

    /// <summary>Element type, shape and place, such as <c>float32[2, 3] on cpu</c>: what messages call a tensor.</summary>
    public static string Layout(this Tensor tensor) =>
        tensor.IsInvalid ? "a disposed tensor" : $"{tensor.dtype.Name()}[{string.Join(", ", tensor.shape)}] on {tensor.device}";

    /// <summary>Whether shape, element type and device are the same.</summary>
    public static bool HasLayoutOf(this Tensor tensor, Tensor other) =>
        tensor.dtype == other.dtype && tensor.device.IsSame(other.device) && tensor.shape.AsSpan().SequenceEqual(other.shape);

    /// <summary>Whether layout and every bit are the same; NaNs equal themselves, and the zeros' signs count.</summary>
    public static bool HasBitsOf(this Tensor tensor, Tensor other)
    {
        if (!tensor.HasLayoutOf(other))
            return false;
        using var scope = NewDisposeScope();
        var (a, b) = (OnHost(tensor), OnHost(other));
        var length = Tensors.ByteCount(a);
        for (long from = 0; from < length; from += Piece)
        {
            var count = (int)Math.Min(Piece, length - from);
            if (!Tensors.Bytes(a, from, count).SequenceEqual(Tensors.Bytes(b, from, count)))
                return false;
        }
        GC.KeepAlive(tensor);
        GC.KeepAlive(other);
        return true;
    }

    /// <summary>Largest absolute difference of two elements, in float64; NaN if either holds one.</summary>
    /// <exception cref="SpecException">The shapes differ.</exception>
    public static double MaxDifference(this Tensor tensor, Tensor other)
    {
        if (!tensor.shape.AsSpan().SequenceEqual(other.shape))
            throw new SpecException($"{tensor.Layout()} and {other.Layout()} have different shapes, so no largest difference.");
        if (tensor.numel() == 0)
            return 0;
        using var scope = NewDisposeScope();
        var wide = tensor.is_complex() ? ScalarType.ComplexFloat64 : ScalarType.Float64;
        return (tensor.to(wide, CPU) - other.to(wide, CPU)).abs().max().item<double>();
    }

    /// <summary>
    /// Smallest and largest value for each index of the first <paramref name="leadingAxes"/> axes, in C order. NaN anywhere makes both NaN;
    /// of complex elements, real and imaginary parts count; of no elements, the range is (+∞, -∞).
    /// </summary>
    public static ValueRange[] Ranges(this Tensor tensor, int leadingAxes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(leadingAxes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(leadingAxes, (int)tensor.ndim);
        var count = tensor.shape[..leadingAxes].Aggregate(1L, (product, extent) => product * extent);
        if (tensor.numel() == 0)
            return [.. Enumerable.Repeat(new ValueRange(double.PositiveInfinity, double.NegativeInfinity), (int)count)];
        using var scope = NewDisposeScope();
        var real = tensor.is_complex() ? tensor.resolve_conj().view_as_real() : tensor;
        var orderable = real.dtype == ScalarType.Bool ? real.to(ScalarType.Byte) : real;
        var (lowest, highest) = aminmax(orderable.reshape(count, -1), 1);
        return [.. OnHostWide(lowest).Zip(OnHostWide(highest), (low, high) => new ValueRange(low, high))];
    }

    private static double[] OnHostWide(Tensor values) => values.to(ScalarType.Float64, CPU).ToArray<double>();

    private static Tensor OnHost(Tensor tensor) =>
        Tensors.IsOnHostInOrder(tensor) ? tensor : Tensors.Plain(tensor.cpu());
}

/// <summary>Smallest and largest of some values; both NaN if any of them is.</summary>
public readonly record struct ValueRange(double Min, double Max)
{
    /// <summary>Whether all of the values are finite numbers. Of no values, all are.</summary>
    public bool IsFinite => Min > Max || (double.IsFinite(Min) && double.IsFinite(Max));
}
