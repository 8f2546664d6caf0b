using Cairn.Storage.Arrays;

namespace Cairn.Storage.State;

/// <summary>Metadata as it is given by callers and kept in sessions.</summary>
internal static class MetadataValues
{
    /// <summary>
    /// Copies metadata at once, so that the caller may go on changing what it gave: arrays of one element become scalars, and whatever a
    /// catalog row could not hold is refused here, before anything is written.
    /// </summary>
    public static Dictionary<string, Payload> Capture(IReadOnlyDictionary<string, object?> metadata)
    {
        var captured = new Dictionary<string, Payload>(StringComparer.Ordinal);
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
        var named = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in metadata)
        {
            if (!named.TryAdd(name, value is TimeSpan span ? NumpyTimeDelta64.From(span) : value))
            {
                throw new CheckpointSerializationException($"The metadata '{name}' is given twice.");
            }
        }

        return named;
    }

    /// <summary>The natural C# values of captured metadata.</summary>
    public static Dictionary<string, object?> Natural(IReadOnlyDictionary<string, Payload> metadata, Func<StoredArray, NdArray> load)
    {
        var decoder = new PayloadDecoder(load, factory: null);
        return metadata.ToDictionary(m => m.Key, m => decoder.Natural(m.Value), StringComparer.Ordinal);
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
