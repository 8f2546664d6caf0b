using System.Runtime.InteropServices;
using Cairn.Storage.State;

namespace Cairn.Engine.Torch;

/// <summary>
/// A tensor of libtorch. Elements never change once a tensor is made: every operation returns a new one, which the caller disposes.
/// </summary>
/// <remarks>
/// <see cref="Slice"/>, <see cref="Select"/>, <see cref="Reshape"/> and a <see cref="To"/> that changes nothing share memory with their
/// source; <see cref="Clone"/> does not. A tensor may be read by several threads, and disposed once all of them are done. Every member may
/// throw <see cref="TorchException"/>.
/// </remarks>
public sealed unsafe partial class Tensor : ITensorValue, IDisposable
{
    private long[]? _shape;

    internal Tensor(TensorHandle handle) => Handle = handle;

    internal TensorHandle Handle { get; }

    public TorchDType DType
    {
        get
        {
            TorchLibrary.Check(NativeTorch.TensorInfo(Handle, out var dtype, out _, out _, out _));
            return dtype;
        }
    }

    public string DTypeName => DType.Name();

    public TorchDevice Device
    {
        get
        {
            TorchLibrary.Check(NativeTorch.TensorInfo(Handle, out _, out var type, out var index, out _));
            return TorchDevice.FromNative(type, index);
        }
    }

    public IReadOnlyList<long> Shape => _shape ??= ReadShape();

    /// <summary>Number of elements.</summary>
    public long Length
    {
        get
        {
            long length = 1;
            foreach (var extent in _shape ??= ReadShape())
            {
                length *= extent;
            }
            return length;
        }
    }

    /// <summary>Copies <paramref name="bytes"/> (C order, machine byte order) into a new tensor.</summary>
    public static Tensor FromBytes(ReadOnlySpan<byte> bytes, TorchDType dtype, ReadOnlySpan<long> shape, TorchDevice device = default)
    {
        TorchLibrary.Require();
        RequireExtents(shape);
        fixed (byte* source = bytes)
        fixed (long* extents = shape)
        {
            TorchLibrary.Check(NativeTorch.TensorFromBytes(
                source, bytes.Length, dtype, extents, shape.Length, device.Type, device.Index, out var result));
            return new Tensor(result);
        }
    }

    /// <summary>Copies values into a new tensor on the CPU; the element type follows from <typeparamref name="T"/>.</summary>
    public static Tensor From<T>(ReadOnlySpan<T> values, params ReadOnlySpan<long> shape) where T : unmanaged =>
        FromBytes(MemoryMarshal.AsBytes(values), DTypeOf<T>(), shape, TorchDevice.Cpu);

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, ReadOnlySpan{long})"/>
    public static Tensor From<T>(T[] values, params ReadOnlySpan<long> shape) where T : unmanaged =>
        From(new ReadOnlySpan<T>(values), shape);

    /// <summary>A tensor whose elements all are <paramref name="value"/>.</summary>
    public static Tensor Full(double value, TorchDType dtype, ReadOnlySpan<long> shape, TorchDevice device = default)
    {
        TorchLibrary.Require();
        RequireExtents(shape);
        fixed (long* extents = shape)
        {
            TorchLibrary.Check(NativeTorch.TensorFull(value, dtype, extents, shape.Length, device.Type, device.Index, out var result));
            return new Tensor(result);
        }
    }

    /// <summary>Joins tensors of one shape along a new leading axis.</summary>
    public static Tensor Stack(params ReadOnlySpan<Tensor> tensors)
    {
        var pointers = tensors.Length <= TensorList.MaxOnStack ? stackalloc nint[TensorList.MaxOnStack] : new nint[tensors.Length];
        using var list = new TensorList(tensors, pointers);
        fixed (nint* first = pointers)
        {
            TorchLibrary.Check(NativeTorch.TensorStack(first, list.Count, out var result));
            return new Tensor(result);
        }
    }

    /// <summary>Joins tensors along their leading axis.</summary>
    public static Tensor Concatenate(params ReadOnlySpan<Tensor> tensors)
    {
        var pointers = tensors.Length <= TensorList.MaxOnStack ? stackalloc nint[TensorList.MaxOnStack] : new nint[tensors.Length];
        using var list = new TensorList(tensors, pointers);
        fixed (nint* first = pointers)
        {
            TorchLibrary.Check(NativeTorch.TensorCat(first, list.Count, out var result));
            return new Tensor(result);
        }
    }

    /// <inheritdoc/>
    public void CopyTo(Span<byte> destination)
    {
        fixed (byte* target = destination)
        {
            TorchLibrary.Check(NativeTorch.TensorCopyTo(Handle, target, destination.Length));
        }
    }

    /// <summary>Copies all elements, in C order, into a new array.</summary>
    /// <exception cref="SpecException"><typeparamref name="T"/> is not the tensor's element type.</exception>
    public T[] ToArray<T>() where T : unmanaged
    {
        if (DTypeOf<T>() != DType)
        {
            throw new SpecException($"A tensor of {DTypeName} was read as {DTypeOf<T>().Name()}; convert it first.");
        }
        var values = GC.AllocateUninitializedArray<T>(checked((int)Length));
        CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    public void Dispose() => Handle.Dispose();

    public override string ToString() => Handle.IsClosed ? "disposed tensor" : $"{DTypeName}[{string.Join(", ", Shape)}] on {Device}";

    internal static TorchDType DTypeOf<T>() where T : unmanaged => default(T) switch
    {
        float => TorchDType.Float32,
        double => TorchDType.Float64,
        Half => TorchDType.Float16,
        long => TorchDType.Int64,
        int => TorchDType.Int32,
        short => TorchDType.Int16,
        sbyte => TorchDType.Int8,
        byte => TorchDType.UInt8,
        bool => TorchDType.Bool,
        System.Numerics.Complex => TorchDType.Complex128,
        _ => throw new SpecException($"{typeof(T).Name} is not an element type of a tensor."),
    };

    private static void RequireExtents(ReadOnlySpan<long> shape)
    {
        foreach (var extent in shape)
        {
            if (extent < 0)
            {
                throw new SpecException($"A tensor of shape [{string.Join(", ", shape.ToArray())}] cannot be made: extents are 0 or more.");
            }
        }
    }

    private long[] ReadShape()
    {
        TorchLibrary.Check(NativeTorch.TensorInfo(Handle, out _, out _, out _, out var rank));
        var shape = new long[rank];
        fixed (long* extents = shape)
        {
            TorchLibrary.Check(NativeTorch.TensorShape(Handle, extents, rank));
        }
        return shape;
    }
}
