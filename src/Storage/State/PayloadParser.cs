using System.Numerics;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.State;

/// <summary>Reads the format's tagged JSON back into payload trees. Nothing in it is trusted; array paths are checked by who opens
/// them.</summary>
internal static class PayloadParser
{
    /// <summary>The contents of a state's <c>metadata.json</c>.</summary>
    public static StatePayload State(JObject map, string path) =>
        new(map.Text("state_id", path), map.Text("schema_hash", path), Map(map.Map("fields", path), path));

    public static Dictionary<string, Payload> Map(JObject items, string path)
    {
        var map = new Dictionary<string, Payload>();
        foreach (var property in items.Properties())
            map.Add(property.Name, Parse(property.Value, path));

        return map;
    }

    public static Payload Parse(JToken token, string path)
    {
        var map = token as JObject ?? throw new DataException($"{path}: found {token.Type} where a tagged value was expected.");
        var kind = map.Text("kind", path);
        return kind switch
        {
            "list" or "tuple" => new SequencePayload(kind, [.. map.List("items", path).Select(item => Parse(item, path))]),
            "dict" => new DictPayload(Map(map.Map("items", path), path)),
            "dataclass" => new DataclassPayload(
                map.Text("state_id", path), map.Text("schema_hash", path), Map(map.Map("fields", path), path)),
            "tensor" or "ndarray" => new StoredArray(kind, map.Text("path", path), DType(map, path), Shape(map, path)),
            _ => new ScalarPayload(kind, Scalar(kind, map, path)),
        };
    }

    /// <summary>True for the tags of times, devices and dtypes, which rows hold in tagged form too.</summary>
    public static bool IsTaggedScalar(string kind) =>
        kind is "datetime" or "date" or "timedelta" or "np_datetime64" or "np_timedelta64" or "torch_device" or "torch_dtype" or "np_dtype";

    public static object? Scalar(string kind, JObject map, string path) => kind switch
    {
        "none" => null,
        "bool" => map.Require("value", path) is JValue { Value: bool flag }
            ? flag
            : throw JsonFields.Wrong(map, "value", path, "true or false"),
        "int" => map.Number("value", path),
        "float" => map.Require("value", path) is JValue { Value: double number } ? number : (double)map.Whole("value", path),
        "str" => map.Text("value", path),
        "datetime" => PythonTime.ParseDateTime(map.Text("value", path))
            ?? throw JsonFields.Wrong(map, "value", path, "an ISO 8601 date and time to the microsecond, its offset in whole minutes"),
        "date" => DateOnly.TryParseExact(map.Text("value", path), "yyyy-MM-dd", out var date)
            ? date
            : throw JsonFields.Wrong(map, "value", path, "an ISO 8601 date"),
        "timedelta" => PythonTime.Span(map.Whole("days", path), map.Whole("seconds", path), map.Whole("microseconds", path))
            ?? throw JsonFields.Wrong(map, "days", path, "a span below 10675199 days"),
        "np_datetime64" => new NumpyDateTime64(map.Text("value", path), map.Text("unit", path)),
        "np_timedelta64" => new NumpyTimeDelta64(map.Whole("value", path), map.Text("unit", path)),
        "torch_device" => new TorchDeviceName(map.Text("value", path)),
        "torch_dtype" => new TorchDTypeName(map.Text("value", path)),
        "np_dtype" => new NumpyDTypeName(map.Text("value", path)),
        _ => throw new DataException($"{path}: the payload kind '{kind}' is unknown; a newer version may have written it."),
    };

    public static NpyDType DType(JObject map, string path)
    {
        var name = map.Text("dtype", path);
        try
        {
            return NpyDType.Parse(name);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or DataException)
        {
            throw new DataException($"{path}: the dtype '{name}' cannot be read: {e.Message}", e);
        }
    }

    public static IReadOnlyList<long> Shape(JObject map, string path) => [.. map.List("shape", path).Select(extent =>
        extent is JValue { Value: long and >= 0 } value
            ? (long)value.Value!
            : throw JsonFields.Wrong(map, "shape", path, "extents from 0"))];
}

/// <summary>Typed access to JSON that was read from disk; every refusal names file, key, what was found and what was expected.</summary>
internal static class JsonFields
{
    public static JToken Require(this JObject map, string key, string path) =>
        map[key] ?? throw new DataException($"{path}: '{key}' is missing.");

    public static string Text(this JObject map, string key, string path) =>
        map.Require(key, path) is JValue { Value: string text } ? text : throw Wrong(map, key, path, "a text");

    public static string? TextOrNull(this JObject map, string key, string path) =>
        map[key] is null or JValue { Value: null } ? null : map.Text(key, path);

    public static long Whole(this JObject map, string key, string path) =>
        map.Require(key, path) is JValue { Value: long number } ? number : throw Wrong(map, key, path, "a whole number of 64 bits");

    public static int Int(this JObject map, string key, string path, int fallback)
    {
        if (map[key] is null)
            return fallback;

        var number = map.Whole(key, path);
        return number is >= int.MinValue and <= int.MaxValue ? (int)number : throw Wrong(map, key, path, "a whole number of 32 bits");
    }

    public static JObject Map(this JObject map, string key, string path) =>
        map.Require(key, path) as JObject ?? throw Wrong(map, key, path, "an object");

    public static JObject MapOrEmpty(this JObject map, string key, string path) =>
        map[key] is null or JValue { Value: null } ? [] : map.Map(key, path);

    public static JArray List(this JObject map, string key, string path) =>
        map.Require(key, path) as JArray ?? throw Wrong(map, key, path, "a list");

    public static object Number(this JObject map, string key, string path) => map.Require(key, path) switch
    {
        JValue { Value: long or BigInteger } value => value.Value!,
        _ => throw Wrong(map, key, path, "a whole number"),
    };

    public static DataException Wrong(JObject map, string key, string path, string expected)
    {
        var found = map[key]?.ToString(Newtonsoft.Json.Formatting.None) ?? "nothing";
        return new DataException($"{path}: '{key}' is {(found.Length > 80 ? found[..80] + "…" : found)}; expected {expected}.");
    }
}
