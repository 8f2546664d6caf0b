using System.Globalization;
using Cairn.Storage.Arrays;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.State;

/// <summary>
/// The encoding of metadata in catalog rows: scalars and lists as they are, times and names tagged, arrays as flat lists.
/// </summary>
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

    /// <summary>Reads the bare <c>lead_time</c> of older manifests.</summary>
    public static object? Decode(JToken token, string path) => token switch
    {
        JArray list => list.Select(item => Decode(item, path)).ToList(),
        JObject map when map["kind"] is JValue { Value: string kind } && PayloadParser.IsTaggedScalar(kind) =>
            PayloadParser.Scalar(kind, map, path),
        JObject map => map.Properties().ToDictionary(p => p.Name, p => Decode(p.Value, path), StringComparer.Ordinal),
        JValue value => value.Value,
        _ => throw new DataException($"{path}: found {token.Type} where a value was expected."),
    };

    private static JObject Map(DictPayload map, string name)
    {
        var encoded = new JObject();
        foreach (var (key, item) in map.Items)
        {
            encoded[key] = Encode(item, string.Create(CultureInfo.InvariantCulture, $"{name}['{key}']"));
        }

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
