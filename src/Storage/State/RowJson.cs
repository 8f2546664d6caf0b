using Newtonsoft.Json.Linq;

namespace Cairn.Storage.State;

/// <summary>The encoding of metadata in catalog rows: scalars and lists as they are, times and names tagged, arrays as flat
/// lists.</summary>
internal static class RowJson
{
    public static JToken Encode(object? value, string name) => Encode(StateCapture.Value(value, name), name);

    public static JToken Encode(Payload payload, string name) => payload switch
    {
        ScalarPayload scalar when PayloadParser.IsTaggedScalar(scalar.Kind) => PayloadJson.Leaf(scalar),
        ScalarPayload scalar => new JValue(scalar.Value),
        SequencePayload sequence => new JArray(sequence.Items.Select(item => Encode(item, name))),
        DictPayload map => Map(map, name),
        CapturedArray captured => Array(captured.Array, name),
        _ => throw new CheckpointSerializationException(
            $"The metadata '{name}' holds a {payload.Kind}; rows hold scalars, times, lists, dictionaries and arrays."),
    };

    /// <summary>Whether a row has a form for a value that was read from a manifest.</summary>
    public static bool Holds(object? value) => value switch
    {
        NdArray array => array.DType.Kind is not ('c' or 'S'),
        PayloadTuple tuple => tuple.Items.All(Holds),
        List<object?> list => list.TrueForAll(Holds),
        Dictionary<string, object?> map => map.Values.All(Holds),
        _ => true,
    };

    /// <summary>Reads the bare <c>lead_time</c> of older manifests.</summary>
    public static object? Decode(JToken token, string path) => token switch
    {
        JArray list => list.Select(item => Decode(item, path)).ToList(),
        JObject map when map["kind"] is JValue { Value: string kind } && PayloadParser.IsTaggedScalar(kind) =>
            PayloadParser.Scalar(kind, map, path),
        JObject map => map.Properties().ToDictionary(p => p.Name, p => Decode(p.Value, path)),
        JValue value => value.Value,
        _ => throw new DataException($"{path}: found {token.Type} where a value was expected."),
    };

    /// <summary>A value as the original has it after reading its index back: tuples are lists, and what is in a dictionary stays
    /// encoded.</summary>
    public static object? AsReadBack(object? value, string name) => value switch
    {
        PayloadTuple tuple => tuple.Items.Select(item => AsReadBack(item, name)).ToList(),
        List<object?> list => list.ConvertAll(item => AsReadBack(item, name)),
        Dictionary<string, object?> => Plain(Encode(value, name)),
        _ => value,
    };

    private static object? Plain(JToken token) => token switch
    {
        JArray list => list.Select(Plain).ToList(),
        JObject map => map.Properties().OrderBy(p => p.Name, Comparer<string>.Create(PythonJson.CompareKeys))
            .ToDictionary(p => p.Name, p => Plain(p.Value)),
        _ => ((JValue)token).Value,
    };

    private static JObject Map(DictPayload map, string name)
    {
        var encoded = new JObject();
        foreach (var (key, item) in map.Items)
            encoded[key] = Encode(item, string.Create(CultureInfo.InvariantCulture, $"{name}['{key}']"));

        return encoded;
    }

    private static JObject Array(NdArray array, string name) => new()
    {
        ["kind"] = "ndarray_label",
        ["dtype"] = array.DType.Name,
        ["shape"] = new JArray(array.Shape),
        ["values"] = new JArray(ArrayElements.Of(array, name).Select(item => Encode(item, name))),
    };
}
