using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cairn.Storage.Fields.Zarr;

/// <summary>Zarr version 3 (https://zarr-specs.readthedocs.io/en/latest/v3/core/): a file <c>zarr.json</c> for the store and one for each
/// array. That of the store repeats those of the arrays, as zarr-python's consolidated metadata do.</summary>
/// <remarks>Fields are sharded (<c>sharding_indexed</c>, the index at the end of a shard), and every chunk in a shard ends with its
/// CRC-32C, so that every reader notices damage. Chunks are named <c>c.0.0</c>: with a folder for each axis, as <c>c/0/0</c>, there would
/// be more folders than files.</remarks>
internal sealed class Zarr3Format : ZarrFormat
{
    private const string Consolidated = "consolidated_metadata", Kind = "inline";
    private const string Attributes = "attributes", Configuration = "configuration";

    internal override int Version => 3;
    internal override bool HasShards => true;
    internal override string StoreName => "zarr.json";
    internal override IReadOnlyList<string> OtherNames => [];
    internal override string ChunkPrefix => "c.";

    internal override void Require(FieldLayout layout)
    {
        if (layout.Codec == FieldCodec.Zstd && (long)layout.ChunkLength * layout.ValueBytes > BloscFrame.MostBytes)
            throw new SpecException($"A chunk of {layout.LeadTimesPerChunk} lead times on {layout.Latitude.Count} x "
                + $"{layout.Longitude.Count} points is too large for Blosc, which takes up to {BloscFrame.MostBytes} bytes; put fewer lead "
                + "times into a chunk.");
    }

    internal override IEnumerable<(string Path, JsonObject Content)> Files(JsonObject documents) =>
        Arrays(documents).Select(array => ($"{array.Name}/{StoreName}", array.Content));

    internal override IEnumerable<(string Path, JsonObject Content)> AttributeFiles(JsonObject documents) => [];

    internal override JsonObject Whole(JsonObject documents)
    {
        var arrays = new JsonObject();
        foreach (var (name, content) in Arrays(documents))
            arrays[name] = content;

        return new JsonObject
        {
            [Attributes] = documents[ZarrMetadata.RootAttributes]!.DeepClone(),
            [Consolidated] = new JsonObject { ["kind"] = Kind, ["metadata"] = arrays, ["must_understand"] = false },
            ["node_type"] = "group",
            [ZarrMetadata.Version] = 3,
        };
    }

    private protected override JsonObject? Documents(JsonObject whole, string file)
    {
        if (whole["node_type"]?.GetValue<string>() != "group" || whole[ZarrMetadata.Version]?.GetValue<int>() != 3
            || whole[Consolidated] is not JsonObject consolidated || consolidated["kind"]?.GetValue<string>() != Kind
            || consolidated["metadata"] is not JsonObject arrays)
        {
            return null;
        }

        var documents = new JsonObject
        {
            [ZarrMetadata.RootAttributes] = whole[Attributes]?.DeepClone() ?? new JsonObject(),
            [ZarrMetadata.Group] = new JsonObject { [ZarrMetadata.Version] = 3 },
        };
        foreach (var (name, array) in arrays)
        {
            var (found, attributes) = Document(array, name, file);
            documents[name + ZarrMetadata.Array] = found;
            documents[name + ZarrMetadata.AttributesOf] = attributes;
        }

        return documents;
    }

    private static IEnumerable<(string Name, JsonObject Content)> Arrays(JsonObject documents) =>
        from document in documents
        where document.Key.EndsWith(ZarrMetadata.Array, StringComparison.Ordinal)
        let name = document.Key[..^ZarrMetadata.Array.Length]
        select (name, Of(document.Value!.AsObject(), documents[name + ZarrMetadata.AttributesOf]!.AsObject()));

    /// <summary>The metadata of an array in the words of version 3.</summary>
    private static JsonObject Of(JsonObject array, JsonObject attributes)
    {
        var type = array["dtype"]!.GetValue<string>();
        var said = attributes.DeepClone().AsObject();
        _ = said.Remove(ZarrMetadata.Dimensions);
        if (type == "<i8" && array["fill_value"] is { } missing)
        {
            // Readers take no fill value for a missing one, as they do in version 2. One of real numbers is NaN, and missing anyway.
            said[ZarrMetadata.Missing] = missing.DeepClone();
        }

        return new JsonObject
        {
            [Attributes] = said,
            ["chunk_grid"] = Named("regular", new JsonObject { ["chunk_shape"] = (array["shards"] ?? array["chunks"])!.DeepClone() }),
            ["chunk_key_encoding"] = Named("default", new JsonObject { ["separator"] = "." }),
            ["codecs"] = Codecs(array),
            ["data_type"] = type switch
            {
                "<f4" => "float32",
                "<f8" => "float64",
                "<i8" => "int64",
                _ => throw new ArgumentException($"no array here has elements of {type}", nameof(array)),
            },
            ["dimension_names"] = attributes[ZarrMetadata.Dimensions]!.DeepClone(),
            ["fill_value"] = array["fill_value"]?.DeepClone() ?? JsonNode.Parse(type == "<i8" ? "0" : "0.0"),
            ["node_type"] = "array",
            ["shape"] = array["shape"]!.DeepClone(),
            ["storage_transformers"] = new JsonArray(),
            [ZarrMetadata.Version] = 3,
        };
    }

    private static JsonArray Codecs(JsonObject array)
    {
        if (array["shards"] is null)
            return new JsonArray(LittleEndian());

        var inner = new JsonArray(LittleEndian());
        switch (array["compressor"]?["id"]?.GetValue<string>())
        {
            case ChunkCodec.Gzip:
                inner.Add(Named(ChunkCodec.Gzip, new JsonObject { ["level"] = array["compressor"]!["level"]!.DeepClone() }));
                break;
            case ChunkCodec.Blosc:
                inner.Add(Named(ChunkCodec.Blosc, Blosc(array["compressor"]!.AsObject(), array["dtype"]!.GetValue<string>())));
                break;
        }

        inner.Add(Checksum());
        return new JsonArray(Named("sharding_indexed", new JsonObject
        {
            ["chunk_shape"] = array["chunks"]!.DeepClone(),
            ["codecs"] = inner,
            ["index_codecs"] = new JsonArray(LittleEndian(), Checksum()),
            ["index_location"] = "end",
        }));
    }

    private static JsonObject Blosc(JsonObject compressor, string type)
    {
        var configuration = compressor.DeepClone().AsObject();
        _ = configuration.Remove("id");
        configuration["shuffle"] = "shuffle";
        configuration["typesize"] = type[^1] - '0';
        return configuration;
    }

    private static JsonObject LittleEndian() => Named("bytes", new JsonObject { ["endian"] = "little" });

    private static JsonObject Checksum() => new() { ["name"] = ChunkCodec.Checksum };

    private static JsonObject Named(string name, JsonObject configuration) => new() { [Configuration] = configuration, ["name"] = name };

    /// <summary>The metadata of an array in the words of version 2.</summary>
    /// <exception cref="DataException">They say anything that Cairn does not write.</exception>
    private static (JsonObject Array, JsonObject Attributes) Document(JsonNode? found, string name, string file)
    {
        try
        {
            var (array, attributes) = Document(found!.AsObject());
            var again = Of(array, attributes);
            var odd = again.Concat(found.AsObject()).Select(part => part.Key).Distinct().Where(key => key != Attributes)
                .FirstOrDefault(key => !JsonNode.DeepEquals(again[key], found[key]));
            return odd is null ? (array, attributes) : throw Unknown(file, name, $"its {odd} is {ZarrMetadata.Text(found[odd])}", null);
        }
        catch (Exception e) when (e is InvalidOperationException or NullReferenceException or FormatException or ArgumentException)
        {
            throw Unknown(file, name, e.Message, e);
        }
    }

    private static (JsonObject Array, JsonObject Attributes) Document(JsonObject found)
    {
        var type = found["data_type"]!.GetValue<string>() switch
        {
            "float32" => "<f4",
            "float64" => "<f8",
            "int64" => "<i8",
            var other => throw new FormatException($"its elements are {other}"),
        };
        var sharding = found["codecs"]!.AsArray() is [JsonObject first, ..] && first["name"]?.GetValue<string>() == "sharding_indexed"
            ? first[Configuration]!.AsObject()
            : null;
        var grid = found["chunk_grid"]![Configuration]!["chunk_shape"]!;
        var fill = found["fill_value"]!;
        var array = new JsonObject
        {
            ["chunks"] = (sharding?["chunk_shape"] ?? grid).DeepClone(),
            ["compressor"] = Compressor(sharding),
            ["dtype"] = type,
            ["fill_value"] = fill.GetValueKind() == JsonValueKind.Number && fill.GetValue<double>() == 0 ? null : fill.DeepClone(),
            ["filters"] = null,
            ["order"] = "C",
            ["shape"] = found["shape"]!.DeepClone(),
            [ZarrMetadata.Version] = 3,
        };
        if (sharding is not null)
        {
            array["checksum"] = ChunkCodec.Checksum;
            array["shards"] = grid.DeepClone();
        }

        var attributes = found[Attributes]?.DeepClone().AsObject() ?? [];
        _ = attributes.Remove(ZarrMetadata.Missing);
        attributes.Insert(0, ZarrMetadata.Dimensions, found["dimension_names"]!.DeepClone());
        return (array, attributes);
    }

    private static JsonObject? Compressor(JsonObject? sharding)
    {
        foreach (var codec in sharding?["codecs"]?.AsArray() ?? [])
        {
            if (codec!["name"]!.GetValue<string>() is ChunkCodec.Gzip or ChunkCodec.Blosc)
            {
                var compressor = codec[Configuration]!.DeepClone().AsObject();
                compressor.Insert(0, "id", codec["name"]!.GetValue<string>());
                if (compressor.Remove("typesize"))
                    compressor["shuffle"] = 1;

                return compressor;
            }
        }

        return null;
    }

    private static DataException Unknown(string file, string name, string what, Exception? inner) => new(
        $"{file} describes {name}, which is not an array that Cairn writes: {what}. Expected Zarr version 3 as in docs/fields.md. Read "
        + "it with xarray instead.", inner);
}
