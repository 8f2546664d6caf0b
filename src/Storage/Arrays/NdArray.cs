using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cairn.Storage.Arrays;

/// <summary>An array of any rank in host memory: C order, little-endian.</summary>
public sealed class NdArray
{
    private readonly byte[] _data;

    /// <summary>Wraps <paramref name="data"/> without copying it.</summary>
    /// <param name="dtype">The type of the elements.</param>
    /// <param name="shape">The extent of each dimension; empty for a single value.</param>
    /// <param name="data">All elements in C order: exactly as many bytes as shape and type say.</param>
    /// <exception cref="DataException">An extent is negative, or the number of bytes is another.</exception>
    public NdArray(NpyDType dtype, IReadOnlyList<long> shape, byte[] data)
    {
        var bytes = ArrayShape.Bytes(dtype, shape)
            ?? throw new DataException($"The shape {ArrayShape.Text(shape)} is not the shape of an array: an extent is negative, or the " +
                "size overflows.");
        if (bytes != data.Length)
            throw new DataException(
                $"An array of {dtype.Name} with shape {ArrayShape.Text(shape)} takes {bytes} bytes, but {data.Length} were given.");

        DType = dtype;
        Shape = [.. shape];
        Length = ArrayShape.Elements(shape)!.Value;
        _data = data;
    }

    /// <summary>The type of the elements.</summary>
    public NpyDType DType { get; }

    /// <summary>The extent of each dimension; empty for a single value.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>How many elements there are: 1 for a single value, 0 if any extent is 0.</summary>
    public long Length { get; }

    /// <summary>The elements: exactly <see cref="Length"/> times the size of one.</summary>
    public Memory<byte> Data => _data;

    /// <summary>The elements as values of a .NET type that stores them as they are.</summary>
    /// <exception cref="DataException"><typeparamref name="T"/> is not such a type; the message names both.</exception>
    public Span<T> AsSpan<T>() where T : unmanaged
    {
        var matches = typeof(T) == typeof(byte)
            || (DTypeOf<T>() is { } given && (given == DType || (DType.Kind is 'M' or 'm' && given == NpyDType.Int64)));
        return matches
            ? MemoryMarshal.Cast<byte, T>(_data.AsSpan())
            : throw new DataException($"The array holds {DType.Name} and cannot be read as {typeof(T).Name}.");
    }

    /// <summary>Copies values into a new array; without a shape it is a single value of no dimension.</summary>
    /// <exception cref="DataException">The type has no counterpart in NumPy, or the shape holds another number of elements.</exception>
    public static NdArray From<T>(T[] values, params long[] shape) where T : unmanaged
    {
        var dtype = DTypeOf<T>() ?? throw new DataException($"{typeof(T).Name} has no counterpart among the element types of .npy files.");
        return new NdArray(dtype, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }

    /// <summary>The elements as NumPy prints them, of a long array only the ends, then type and shape: <c>[1., 2.5] float64
    /// (2,)</c>.</summary>
    public override string ToString()
    {
        var described = $"{DType.Name} {ArrayShape.Text(Shape)}";
        return DType.Kind is 'b' or 'i' or 'u' or 'f' or 'U' or 'M' or 'm'
            ? $"{State.NumpyArrayText.Format(this, "the array")} {described}"
            : described;
    }

    private static NpyDType? DTypeOf<T>() => Unsafe.SizeOf<T>() switch
    {
        _ when typeof(T) == typeof(bool) => NpyDType.Boolean,
        1 when typeof(T) == typeof(sbyte) => new NpyDType('i', 1),
        1 when typeof(T) == typeof(byte) => new NpyDType('u', 1),
        2 when typeof(T) == typeof(short) => new NpyDType('i', 2),
        2 when typeof(T) == typeof(ushort) => new NpyDType('u', 2),
        2 when typeof(T) == typeof(Half) => new NpyDType('f', 2),
        4 when typeof(T) == typeof(int) => new NpyDType('i', 4),
        4 when typeof(T) == typeof(uint) => new NpyDType('u', 4),
        4 when typeof(T) == typeof(float) => NpyDType.Float32,
        8 when typeof(T) == typeof(long) => NpyDType.Int64,
        8 when typeof(T) == typeof(ulong) => new NpyDType('u', 8),
        8 when typeof(T) == typeof(double) => NpyDType.Float64,
        16 when typeof(T) == typeof(Complex) => new NpyDType('c', 16),
        _ => null,
    };
}
