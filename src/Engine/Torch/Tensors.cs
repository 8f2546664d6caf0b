namespace Cairn.Engine.Torch;

/// <summary>Bytes and elements of tensors, in and out. Elements never change once a tensor is created: a step creates a new one.</summary>
/// <remarks>Kernels choose their path, and with it their rounding, by strides and alignment. Tensors created here are in libtorch's own
/// memory, in C order and aligned, like the result of a step, so that a restored state and an undisturbed one are stepped in the same
/// way.</remarks>
public static unsafe class Tensors
{
    private const nint Alignment = 64;

    /// <summary>Copies <paramref name="bytes"/> (C order, machine byte order) into a new tensor.</summary>
    /// <exception cref="SpecException">The bytes do not fill the shape.</exception>
    public static Tensor FromBytes(ReadOnlySpan<byte> bytes, ScalarType dtype, ReadOnlySpan<long> shape, Device? device = null)
    {
        var host = Empty(dtype, shape);
        if (ByteCount(host) != bytes.Length)
        {
            using (host)
            {
                throw new SpecException($"The given memory has {bytes.Length} bytes; the tensor has {ByteCount(host)}: {host.Layout()}.");
            }
        }
        bytes.CopyTo(new Span<byte>(Data(host), bytes.Length));
        if (device is null || !device.IsCuda())
            return host;
        using (host)
        {
            return host.to(device);
        }
    }

    /// <summary>Copies values into a new tensor on the CPU; the element type follows from <typeparamref name="T"/>.</summary>
    public static Tensor From<T>(ReadOnlySpan<T> values, params ReadOnlySpan<long> shape) where T : unmanaged =>
        FromBytes(MemoryMarshal.AsBytes(values), DTypes.Of<T>(), shape);

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, ReadOnlySpan{long})"/>
    public static Tensor From<T>(T[] values, params ReadOnlySpan<long> shape) where T : unmanaged =>
        From(new ReadOnlySpan<T>(values), shape);

    /// <summary>Copies all elements, in C order and the machine's byte order, into <paramref name="destination"/>.</summary>
    /// <exception cref="SpecException">The destination has another size.</exception>
    public static void CopyTo(this Tensor tensor, Span<byte> destination)
    {
        if (ByteCount(tensor) != destination.Length)
            throw new SpecException($"The destination has {destination.Length} bytes; the tensor has {ByteCount(tensor)}: "
                + $"{tensor.Layout()}.");
        if (IsOnHostInOrder(tensor))
        {
            new ReadOnlySpan<byte>(Data(tensor), destination.Length).CopyTo(destination);
            GC.KeepAlive(tensor);
            return;
        }
        using var scope = NewDisposeScope();
        var host = InOrder(tensor.cpu());
        new ReadOnlySpan<byte>(Data(host), destination.Length).CopyTo(destination);
    }

    /// <summary>Copies all elements, in C order, into a new array.</summary>
    /// <exception cref="SpecException"><typeparamref name="T"/>is not the tensor's element type.</exception>
    public static T[] ToArray<T>(this Tensor tensor) where T : unmanaged
    {
        if (DTypes.Of<T>() != tensor.dtype)
            throw new SpecException($"A tensor of {tensor.dtype.Name()} was read as {DTypes.Of<T>().Name()}; convert it first.");
        var values = GC.AllocateUninitializedArray<T>(checked((int)tensor.numel()));
        tensor.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>The elements in place, in C order, for models whose arithmetic is C#. Valid until this tensor is disposed: keep it
    /// reachable as long as the span is in use.</summary>
    /// <exception cref="SpecException"><typeparamref name="T"/>is not the element type, there are over 2^31 elements, or the tensor lies on
    /// a device or is not contiguous.</exception>
    public static ReadOnlySpan<T> Elements<T>(this Tensor tensor) where T : unmanaged
    {
        if (DTypes.Of<T>() != tensor.dtype || tensor.numel() > int.MaxValue || !IsOnHostInOrder(tensor))
            throw new SpecException($"{tensor.Layout()} was read in place; expected at most {int.MaxValue} elements of "
                + $"{DTypes.Of<T>().Name()} on the CPU and in C order: convert, cut or copy it first.");
        return new ReadOnlySpan<T>(Data(tensor), (int)tensor.numel());
    }

    /// <summary>A new tensor on the CPU whose elements the caller writes, all of them and before anybody else sees it: elements never
    /// change after that.</summary>
    internal static Tensor Unwritten<T>(ReadOnlySpan<long> shape, out Span<T> elements) where T : unmanaged
    {
        var tensor = Empty(DTypes.Of<T>(), shape);
        elements = new Span<T>(Data(tensor), checked((int)tensor.numel()));
        return tensor;
    }

    /// <summary>The same for native code that writes the elements, on any device.</summary>
    internal static Tensor Unwritten(ScalarType dtype, ReadOnlySpan<long> shape, Device device) =>
        device.IsCuda() ? empty(shape, dtype, device) : Empty(dtype, shape);

    /// <summary>Where a tensor's elements begin; valid until it is disposed.</summary>
    internal static nint Address(Tensor tensor) => (nint)Data(tensor);

    /// <summary>The tensor as a restore would make it: C order, aligned, nothing lazy. Almost always it is so already, and is returned
    /// itself.</summary>
    internal static Tensor Plain(Tensor tensor)
    {
        var ordered = InOrder(tensor);
        return IsAligned(ordered) ? ordered : ordered.clone();
    }

    /// <summary>Whether <see cref="Plain"/> would return the tensor itself.</summary>
    internal static bool IsPlain(Tensor tensor) => IsInOrder(tensor) && IsAligned(tensor);

    /// <summary>A copy in C order, in memory of its own.</summary>
    internal static Tensor Copied(this Tensor tensor) => tensor.is_contiguous() ? tensor.clone() : tensor.contiguous();

    /// <summary>The bytes of a tensor that is on the CPU and in C order.</summary>
    internal static ReadOnlySpan<byte> Bytes(Tensor tensor, long from, int count) => new((byte*)Data(tensor) + from, count);

    internal static long ByteCount(Tensor tensor) => tensor.numel() * tensor.ElementSize;
    internal static bool IsOnHostInOrder(Tensor tensor) => tensor.is_cpu() && IsInOrder(tensor);
    private static bool IsAligned(Tensor tensor) => !tensor.is_cpu() || (nint)Data(tensor) % Alignment == 0;
    private static bool IsInOrder(Tensor tensor) => tensor.is_contiguous() && !tensor.is_conj() && !tensor.is_neg();

    private static Tensor InOrder(Tensor tensor) =>
        IsInOrder(tensor) ? tensor : tensor.resolve_conj().resolve_neg().contiguous();

    private static void* Data(Tensor tensor) => (void*)NativeTorch.Data(tensor.Handle);

    private static long Product(ReadOnlySpan<long> extents)
    {
        var product = 1L;
        foreach (var extent in extents)
            product = checked(product * extent);
        return product;
    }

    private static Tensor Empty(ScalarType dtype, ReadOnlySpan<long> shape)
    {
        TorchRuntime.Require();
        foreach (var extent in shape)
        {
            if (extent < 0)
                throw new SpecException($"A tensor of shape [{string.Join(", ", shape.ToArray())}] cannot be made: extents are 0 or more.");
        }
        var bytes = dtype.ItemSize() * Product(shape);
        return bytes < KeptBlocks.Least ? empty(shape, dtype) : KeptBlocks.Unwritten(dtype, shape, bytes);
    }
}
