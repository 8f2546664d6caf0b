using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cairn.Storage.Fields.Zarr;

/// <summary>The metadata documents of a store in the words of Zarr version 2, as a function of the layout alone: no clock, no host, sorted
/// keys. <see cref="ZarrFormat"/> lays them out in files.</summary>
internal sealed class ZarrMetadata
{
    /// <summary>The attribute that records which members started over, with the number of their draw.</summary>
    internal const string Draws = "perturbation_draws";

    /// <summary>The attribute that names the run that the store belongs to, <see cref="FieldLayout.Run"/>.</summary>
    internal const string Run = "run";

    /// <summary>The documents of the store.</summary>
    internal const string Group = ".zgroup", RootAttributes = ".zattrs";

    /// <summary>What the names of the two documents of an array end with.</summary>
    internal const string Array = "/.zarray", AttributesOf = "/.zattrs";

    /// <summary>The attribute that names the dimensions of an array, and the one with the value for missing data.</summary>
    internal const string Dimensions = "_ARRAY_DIMENSIONS", Missing = "_FillValue";

    internal const string Version = "zarr_format";

    /// <summary>Coordinates that may grow are stored in chunks of at most this many values.</summary>
    private const int GrowingChunk = 1024;

    /// <summary>No HTML will ever hold it, so that <c>&lt;f4</c> may stay readable.</summary>
    private static readonly JsonSerializerOptions Format =
        new() { WriteIndented = true, IndentSize = 4, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Compact = new(Format) { WriteIndented = false };

    private readonly SortedDictionary<string, JsonObject> _documents = new(StringComparer.Ordinal);
    private readonly FieldLayout _layout;
    private readonly FieldDescription _description;

    internal ZarrMetadata(FieldLayout layout)
    {
        _layout = layout;
        _description = new FieldDescription(layout);
        _documents[Group] = new JsonObject { [Version] = ZarrFormat.Of(layout).Version };
        var attributes = new JsonObject { [FieldDescription.Committed] = "{}", ["Conventions"] = FieldDescription.Conventions(layout) };
        foreach (var (name, text) in layout.Provenance?.Attributes ?? [])
            attributes[name] = text;

        if (layout.Run is { } run)
            attributes[Run] = run;

        _documents[RootAttributes] = attributes;
        AddCoordinates();
        foreach (var variable in layout.Variables)
            AddVariable(variable);
    }

    /// <summary>What the axes of a store on disk are called.</summary>
    internal static GridNames NamesIn(JsonObject documents) =>
        HasRows(documents, GridNames.Short) && !HasRows(documents, GridNames.Cf) ? GridNames.Short : GridNames.Cf;

    private static bool HasRows(JsonObject documents, GridNames names) =>
        documents.ContainsKey(FieldDescription.GridAxes(names)[0] + Array);

    /// <summary>Every document by its path below the store.</summary>
    internal IReadOnlyDictionary<string, JsonObject> Documents => _documents;
    internal static byte[] Bytes(JsonNode document) => Encoding.UTF8.GetBytes(document.ToJsonString(Format) + "\n");

    /// <summary>On one line, for messages.</summary>
    internal static string Text(JsonNode? document) => document?.ToJsonString(Compact) ?? "nothing";

    /// <summary>Values of a chunk of a coordinate that may grow: no more than it has, since netcdf-c refuses larger chunks; but those of a
    /// store that an older version began are padded with zeros to a size of their own.</summary>
    internal static int ChunkOf(FieldLayout layout, int length) => layout.PadsCoordinates ? GrowingChunk : Math.Min(length, GrowingChunk);

    /// <summary>Values of a chunk of the initial times, which older versions never padded: they had one.</summary>
    internal static int ChunkOfTimes(FieldLayout layout) => Math.Min(layout.Numbers.Times, GrowingChunk);

    /// <summary>What an attribute of the store says by member. It is text that holds JSON, because NetCDF has no attributes that are
    /// objects; older versions wrote the object itself.</summary>
    /// <exception cref="DataException">It is neither.</exception>
    internal static JsonObject ByMember(JsonObject attributes, string name)
    {
        try
        {
            var said = attributes[name] is JsonValue value ? JsonNode.Parse(value.GetValue<string>()) : attributes[name]?.DeepClone();
            return said?.AsObject() ?? [];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new DataException($"The store's attribute {name} is damaged ({e.Message}); expected members and their values. Delete "
                + "the store's .zmetadata or zarr.json so that it is written again.", e);
        }
    }

    /// <summary>All documents in one object, apart from this one.</summary>
    internal JsonObject Together() => new(_documents.Select(d => KeyValuePair.Create<string, JsonNode?>(d.Key, d.Value.DeepClone())));

    private void AddCoordinates()
    {
        Coordinate(FieldDescription.Ensemble, "<i8", _layout.Members, ChunkOf(_layout, _layout.Members));
        Coordinate(FieldDescription.Time, "<i8", _layout.Numbers.Times, ChunkOfTimes(_layout));
        Coordinate(FieldDescription.LeadTime, "<i8", _layout.LeadTimes.Count, ChunkOf(_layout, _layout.LeadTimes.Count));
        if (_layout.HasBounds)
        {
            var count = _layout.LeadTimes.Count;
            Add(
                FieldDescription.LeadTimeBounds, "<i8", [count, 2], [ChunkOf(_layout, count), 2], null,
                [FieldDescription.LeadTime, FieldDescription.Bounds]);
        }

        if (_layout.Mesh is { } mesh)
        {
            foreach (var variable in UgridVariable.Of(mesh, _layout.Longitude))
                Add(variable.Name, variable.DType, variable.Shape, variable.Shape, null, variable.Dimensions);
        }
        else
        {
            Coordinate(_layout.GridDimensions[0], "<f8", _layout.Latitude.Count, _layout.Latitude.Count);
            Coordinate(_layout.GridDimensions[1], "<f8", _layout.Longitude.Count, _layout.Longitude.Count);
        }

        AddCommitted();
    }

    /// <summary>Stores of one initial time index it by member alone.</summary>
    private void AddCommitted()
    {
        var (name, numbers) = (FieldDescription.Committed, _layout.Numbers);
        if (numbers.Times == 1)
            Add(name, "<i8", [numbers.Members], [1], long.MinValue, [FieldDescription.Ensemble]);
        else
            Add(name, "<i8", [numbers.Members, numbers.Times], [1, 1], long.MinValue, [FieldDescription.Ensemble, FieldDescription.Time]);
    }

    private void Coordinate(string name, string dtype, int length, int chunk) => Add(name, dtype, [length], [chunk], null, [name]);

    private void AddVariable(FieldVariable variable)
    {
        Add(
            variable.Name,
            _layout.Precision == FieldPrecision.Single ? "<f4" : "<f8",
            [_layout.Members, _layout.Numbers.Times, _layout.LeadTimes.Count, .. _layout.GridShape],
            [1, 1, _layout.LeadTimesPerChunk, .. _layout.GridShape],
            "NaN",
            [FieldDescription.Ensemble, FieldDescription.Time, FieldDescription.LeadTime, .. _layout.GridDimensions]);
        var array = _documents[variable.Name + Array];
        ChunkCodec.Of(_layout).AddTo(array);
        if (ZarrFormat.Of(_layout).HasShards)
            array["shards"] = Numbers([1, 1, _layout.LeadTimesPerShard, .. _layout.GridShape]);
    }

    private void Add(
        string name, string dtype, int[] shape, int[] chunks, JsonNode? fill, string[] dimensions)
    {
        _documents[name + Array] = new JsonObject
        {
            ["chunks"] = Numbers(chunks),
            ["compressor"] = null,
            ["dtype"] = dtype,
            ["fill_value"] = fill,
            ["filters"] = null,
            ["order"] = "C",
            ["shape"] = Numbers(shape),
            [Version] = ZarrFormat.Of(_layout).Version,
        };
        var attributes = _description.Of(name);
        attributes.Insert(0, Dimensions, new JsonArray([.. dimensions.Select(d => (JsonNode)d)]));
        _documents[name + AttributesOf] = attributes;
    }

    private static JsonArray Numbers(int[] values) => new([.. values.Select(v => (JsonNode)v)]);
}
