namespace Cairn.Engine.Torch;

public sealed unsafe partial class Tensor
{
    /// <summary>The same values on another device, in another element type, or both.</summary>
    public Tensor To(TorchDevice device, TorchDType? dtype = null)
    {
        TorchLibrary.Check(NativeTorch.TensorTo(Handle, device.Type, device.Index, dtype is { } d ? (int)d : -1, out var result));
        return new Tensor(result);
    }

    /// <summary>The same values in another element type, on the same device.</summary>
    public Tensor To(TorchDType dtype) => To(Device, dtype);

    /// <summary>A copy in contiguous memory of its own.</summary>
    public Tensor Clone()
    {
        TorchLibrary.Check(NativeTorch.TensorClone(Handle, out var result));
        return new Tensor(result);
    }

    /// <summary>
    /// A copy in host memory, page-locked if this tensor lies on a device: what a commit stages while the next steps run.
    /// </summary>
    public Tensor ToHostCopy()
    {
        TorchLibrary.Check(NativeTorch.TensorHostCopy(Handle, out var result));
        return new Tensor(result);
    }

    /// <summary>Entries <paramref name="start"/> to <c>start + count - 1</c> of an axis; the axis stays. A view.</summary>
    public Tensor Slice(long start, long count, int axis = 0)
    {
        TorchLibrary.Check(NativeTorch.TensorNarrow(Handle, axis, start, count, out var result));
        return new Tensor(result);
    }

    /// <summary>One entry of an axis; the axis goes. A view.</summary>
    public Tensor Select(long index, int axis = 0)
    {
        TorchLibrary.Check(NativeTorch.TensorSelect(Handle, axis, index, out var result));
        return new Tensor(result);
    }

    /// <summary>The same elements in C order under another shape; one extent may be -1. A view where memory allows it.</summary>
    public Tensor Reshape(params ReadOnlySpan<long> shape)
    {
        fixed (long* extents = shape)
        {
            TorchLibrary.Check(NativeTorch.TensorReshape(Handle, extents, shape.Length, out var result));
            return new Tensor(result);
        }
    }

    /// <summary>This plus <paramref name="factor"/> times <paramref name="other"/>, with libtorch's broadcasting.</summary>
    public Tensor Add(Tensor other, double factor = 1)
    {
        TorchLibrary.Check(NativeTorch.TensorAdd(Handle, other.Handle, factor, out var result));
        return new Tensor(result);
    }

    /// <summary>This times a number, in this tensor's element type.</summary>
    public Tensor Multiply(double factor)
    {
        TorchLibrary.Check(NativeTorch.TensorMultiply(Handle, factor, out var result));
        return new Tensor(result);
    }

    /// <summary>Whether shape, element type and device are the same. Allocates nothing.</summary>
    public bool HasLayoutOf(Tensor other)
    {
        TorchLibrary.Check(NativeTorch.TensorSameLayout(Handle, other.Handle, out var same));
        return same != 0;
    }

    /// <summary>Whether layout and every bit are the same; NaNs equal themselves, and the zeros' signs count.</summary>
    public bool HasBitsOf(Tensor other)
    {
        TorchLibrary.Check(NativeTorch.TensorSameBits(Handle, other.Handle, out var same));
        return same != 0;
    }

    /// <summary>Largest absolute difference of two elements, in float64; NaN if either holds one.</summary>
    public double MaxDifference(Tensor other)
    {
        TorchLibrary.Check(NativeTorch.TensorMaxDifference(Handle, other.Handle, out var difference));
        return difference;
    }

    /// <summary>
    /// Smallest and largest value for each index of the first <paramref name="leadingAxes"/> axes, in C order. NaN anywhere makes both NaN;
    /// of complex elements, real and imaginary parts count; of no elements, the range is (+∞, -∞).
    /// </summary>
    public ValueRange[] Ranges(int leadingAxes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(leadingAxes);
        long count = 1;
        for (var axis = 0; axis < Math.Min(leadingAxes, Shape.Count); axis++)
        {
            count *= Shape[axis];
        }
        var min = new double[count];
        var max = new double[count];
        fixed (double* lowest = min, highest = max)
        {
            TorchLibrary.Check(NativeTorch.TensorRange(Handle, leadingAxes, lowest, highest, count));
        }
        return [.. min.Zip(max, (low, high) => new ValueRange(low, high))];
    }
}
