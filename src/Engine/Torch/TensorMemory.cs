namespace Cairn.Engine.Torch;

public sealed unsafe partial class Tensor
{
    /// <summary>
    /// The elements in place, in C order, for models whose arithmetic is C#. Valid until this tensor is disposed: keep it reachable as long
    /// as the span is in use.
    /// </summary>
    /// <exception cref="TorchException">The tensor lies on a device, or is not contiguous.</exception>
    /// <exception cref="SpecException"><typeparamref name="T"/> is not the element type, or there are over 2^31 elements.</exception>
    public ReadOnlySpan<T> Elements<T>() where T : unmanaged
    {
        if (DTypeOf<T>() != DType || Length > int.MaxValue)
        {
            throw new SpecException($"{this} was read in place as at most {int.MaxValue} elements of {DTypeOf<T>().Name()}; "
                + "convert or cut it first.");
        }

        TorchLibrary.Check(NativeTorch.TensorData(Handle, out var data));
        return new ReadOnlySpan<T>(data, (int)Length);
    }

    /// <summary>
    /// A new tensor on the CPU whose elements the caller writes, all of them and before anybody else sees it: elements never change after
    /// that.
    /// </summary>
    /// <param name="shape">Its extents.</param>
    /// <param name="elements">The elements, not yet set; valid until the tensor is disposed.</param>
    internal static Tensor Unwritten<T>(ReadOnlySpan<long> shape, out Span<T> elements) where T : unmanaged
    {
        TorchLibrary.Require();
        RequireExtents(shape);
        fixed (long* extents = shape)
        {
            TorchLibrary.Check(NativeTorch.TensorEmpty(DTypeOf<T>(), extents, shape.Length, out var handle));
            var tensor = new Tensor(handle);
            TorchLibrary.Check(NativeTorch.TensorData(handle, out var data));
            elements = new Span<T>(data, checked((int)tensor.Length));
            return tensor;
        }
    }
}
