using System.Buffers.Binary;

namespace Cairn.Storage.State;

/// <summary>Metadata as it is given by callers and kept in sessions.</summary>
internal static class MetadataValues
{
    /// <summary>Copies metadata at once, so that the caller may go on changing what it gave: arrays of one element become scalars, and
    /// whatever a catalog row could not hold is refused here, before anything is written.</summary>
    public static Dictionary<string, Payload> Capture(IReadOnlyDictionary<string, object?> metadata)
    {
        var captured = new Dictionary<string, Payload>();
        foreach (var (name, value) in metadata)
        {
            var payload = Scalar(StateCapture.Value(value, name), name);
            _ = PythonJson.Write(new Newtonsoft.Json.Linq.JObject { [name] = RowJson.Encode(payload, name) }, $"The metadata '{name}'");
            captured[name] = payload;
        }

        return captured;
    }

    /// <summary>Metadata from names and values, time spans as NumPy's; a name that is given twice is refused.</summary>
    public static Dictionary<string, object?> Named(IEnumerable<(string Name, object? Value)> metadata)
    {
        var named = new Dictionary<string, object?>();
        foreach (var (name, value) in metadata)
        {
            if (!named.TryAdd(name, value is TimeSpan span ? NumpyTimeDelta64.From(span) : value))
                throw new CheckpointSerializationException($"The metadata '{name}' is given twice.");
        }

        return named;
    }

    /// <summary>The natural C# values of captured metadata.</summary>
    public static Dictionary<string, object?> Natural(IReadOnlyDictionary<string, Payload> metadata, Func<StoredArray, NdArray> load)
    {
        var decoder = new PayloadDecoder(load, factory: null);
        return metadata.ToDictionary(m => m.Key, m => decoder.Natural(m.Value));
    }

    /// <summary>A lead time in any of the forms that metadata holds it in, or null.</summary>
    public static TimeSpan? LeadTime(IReadOnlyDictionary<string, object?> metadata) => metadata.GetValueOrDefault("lead_time") switch
    {
        NumpyTimeDelta64 delta => delta.ToTimeSpan(),
        TimeSpan span => span,
        _ => null,
    };

    private static Payload Scalar(Payload payload, string name) => payload is CapturedArray { Array.Length: 1 } one
        ? StateCapture.Value(ArrayElements.Of(one.Array, name).First(), name)
        : payload;
}

/// <summary>Elements of arrays as scalars, for the small arrays that are kept as metadata.</summary>
internal static class ArrayElements
{
    /// <exception cref="CheckpointSerializationException">The element type has no scalar form (complex numbers, bytes).</exception>
    public static IEnumerable<object?> Of(NdArray array, string name)
    {
        for (var i = 0; i < array.Length; i++)
            yield return At(array, i, name);
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
