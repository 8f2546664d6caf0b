using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Catalog;

/// <summary>The places of a rank's sharded fields, as its manifest holds them.</summary>
internal static class ShardJson
{
    public const string Key = "shards";

    /// <summary><c>{state_id.field: {dtype, global_shape, offset, shape}}</c>; an entry of a dictionary is
    /// <c>state_id.field.key</c>.</summary>
    /// <exception cref="CheckpointSerializationException">Two fields would go by one name.</exception>
    public static JObject Build(IReadOnlyList<StatePayload> states)
    {
        var map = new JObject();
        foreach (var (name, payload) in states.SelectMany(ShardName.All))
        {
            if (payload is CapturedArray { Slice: { } slice } array && !map.TryAdd(name.ToString(), Place(array, slice)))
                throw new CheckpointSerializationException(
                    $"Two sharded fields are called {name}: give one of their states another [CheckpointState(Id)].");
        }

        return map;
    }

    private static JObject Place(CapturedArray array, DomainSlice slice) => new()
    {
        ["dtype"] = array.DType.Name,
        ["global_shape"] = new JArray(slice.GlobalShape),
        ["offset"] = new JArray(slice.Offset),
        ["shape"] = new JArray(slice.Shape),
    };

    /// <exception cref="DataException">A place lies outside its domain, or is not described as expected.</exception>
    public static Dictionary<string, ShardPlace> Parse(JObject manifest, string path)
    {
        var places = new Dictionary<string, ShardPlace>();
        foreach (var property in manifest.MapOrEmpty(Key, path).Properties())
        {
            var at = $"{path}: the sharded field {property.Name}";
            var map = property.Value as JObject ?? throw new DataException($"{at} is not an object.");
            places[property.Name] = new ShardPlace(PayloadParser.DType(map, at), Slice(map, Extents(map, "global_shape", at), at));
        }

        return places;
    }

    /// <summary>Reads <c>offset</c> and <c>shape</c>.</summary>
    public static DomainSlice Slice(JObject map, IReadOnlyList<long> globalShape, string path)
    {
        try
        {
            return new DomainSlice(globalShape, Extents(map, "offset", path), Extents(map, "shape", path));
        }
        catch (DataException e)
        {
            throw new DataException($"{path}: {e.Message}", e);
        }
    }

    public static IReadOnlyList<long> Extents(JObject map, string key, string path) => [.. map.List(key, path).Select(extent =>
        extent is JValue { Value: long and >= 0 } value
            ? (long)value.Value!
            : throw JsonFields.Wrong(map, key, path, "whole numbers from 0"))];
}
