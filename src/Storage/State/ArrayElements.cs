using System.Buffers.Binary;
using Cairn.Storage.Arrays;

namespace Cairn.Storage.State;

/// <summary>Elements of arrays as scalars, for the small arrays that are kept as metadata.</summary>
internal static class ArrayElements
{
    /// <exception cref="CheckpointSerializationException">The element type has no scalar form (complex numbers, bytes).</exception>
    public static IEnumerable<object?> Of(NdArray array, string name)
    {
        for (var i = 0; i < array.Length; i++)
        {
            yield return At(array, i, name);
        }
    }

    /// <inheritdoc cref="Of"/>
    public static object? At(NdArray array, int index, string name)
    {
        var size = array.DType.ItemSize;
        return Element(array.DType, array.Data.Span.Slice(checked(index * size), size), name);
    }

    private static object? Element(NpyDType dtype, ReadOnlySpan<byte> bytes, string name) => (dtype.Kind, dtype.ItemSize) switch
    {
        ('b', 1) => bytes[0] != 0,
        ('i', 1) => (sbyte)bytes[0],
        ('i', 2) => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        ('i', 4) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        ('i', 8) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        ('u', 1) => bytes[0],
        ('u', 2) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        ('u', 4) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        ('u', 8) => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        ('f', 2) => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        ('f', 4) => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes),
        ('f', 8) => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        ('U', _) => NdText.Wide(bytes),
        ('m', 8) => NumpyCalendar.Delta(BinaryPrimitives.ReadInt64LittleEndian(bytes), dtype.Unit ?? "generic"),
        ('M', 8) => NumpyCalendar.Time(BinaryPrimitives.ReadInt64LittleEndian(bytes), dtype.Unit ?? "generic", name),
        _ => throw new CheckpointSerializationException($"The metadata '{name}' is an array of {dtype.Name}, which rows cannot hold."),
    };
}
