using System.Numerics;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.State;

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
        {
            return fallback;
        }

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
