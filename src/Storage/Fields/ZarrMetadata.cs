using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Fields;

/// <summary>
/// The metadata documents of a store (Zarr storage specification version 2, with the consolidated copy that zarr-python and xarray read),
/// as a function of the layout alone: no clock, no host, sorted keys.
/// </summary>
internal sealed class ZarrMetadata
{
    internal const string Ensemble = "ensemble";
    internal const string Time = "time";
    internal const string LeadTime = "lead_time";
    internal const string Committed = "committed_lead_time";

    /// <summary>The attribute that tells which members began anew, with the number of their draw.</summary>
    internal const string Draws = "perturbation_draws";

    /// <summary>The attribute that tells which run the store belongs to, <see cref="FieldLayout.Run"/>.</summary>
    internal const string Run = "run";
    internal const string ConsolidatedName = ".zmetadata";
    internal const string RootAttributes = ".zattrs";

    /// <summary>Coordinates that may grow are stored in chunks of at most this many values.</summary>
    private const int GrowingChunk = 1024;

    /// <summary>No HTML will ever hold it, so that <c>&lt;f4</c> may stay readable.</summary>
    private static readonly JsonSerializerOptions Format =
        new() { WriteIndented = true, IndentSize = 4, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Compact = new(Format) { WriteIndented = false };

    private readonly SortedDictionary<string, JsonObject> _documents = new(StringComparer.Ordinal);
    private readonly FieldLayout _layout;

    internal ZarrMetadata(FieldLayout layout)
    {
        _layout = layout;
        _documents[".zgroup"] = new JsonObject { ["zarr_format"] = 2 };
        var attributes = new JsonObject { [Committed] = "{}", ["Conventions"] = Conventions(layout) };
        foreach (var (name, text) in layout.Provenance?.Attributes ?? [])
        {
            attributes[name] = text;
        }

        if (layout.Run is { } run)
        {
            attributes[Run] = run;
        }

        _documents[RootAttributes] = attributes;
        AddCoordinates();
        foreach (var variable in layout.Variables)
        {
            AddVariable(variable);
        }
    }

    /// <summary>Names of the rows and the columns of a grid.</summary>
    internal static IReadOnlyList<string> GridAxes(GridNames names) =>
        names == GridNames.Cf ? ["latitude", "longitude"] : ["lat", "lon"];

    /// <summary>What the axes of a store on disk are called.</summary>
    internal static GridNames NamesIn(JsonObject documents) =>
        documents.ContainsKey($"{GridAxes(GridNames.Short)[0]}/.zarray") && !documents.ContainsKey($"{GridAxes(GridNames.Cf)[0]}/.zarray")
            ? GridNames.Short
            : GridNames.Cf;

    /// <summary>Names that no field can have.</summary>
    internal static IReadOnlyList<string> Reserved(GridNames names) =>
        [Ensemble, Time, LeadTime, .. GridAxes(names), Committed, .. UgridVariable.Names];

    /// <summary>The conventions that describe a layout.</summary>
    internal static string Conventions(FieldLayout layout) => layout.Mesh is null ? "CF-1.10" : "CF-1.10 UGRID-1.0";

    /// <summary>Every document by its path below the store.</summary>
    internal IReadOnlyDictionary<string, JsonObject> Documents => _documents;

    internal static byte[] Bytes(JsonNode document) => Encoding.UTF8.GetBytes(document.ToJsonString(Format) + "\n");

    /// <summary>On one line, for messages.</summary>
    internal static string Text(JsonNode? document) => document?.ToJsonString(Compact) ?? "nothing";

    /// <summary>
    /// Values of a chunk of a coordinate that may grow: no more than it has, since netcdf-c refuses larger chunks; but those of a store
    /// that an older version began are padded with zeros to a size of their own.
    /// </summary>
    internal static int ChunkOf(FieldLayout layout, int length) => layout.PadsCoordinates ? GrowingChunk : Math.Min(length, GrowingChunk);

    /// <summary>
    /// What an attribute of the store says by member. It is text that holds JSON, because NetCDF has no attributes that are objects;
    /// older versions wrote the object itself.
    /// </summary>
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
            throw new DataException($"The store's attribute {name} is damaged ({e.Message}); expected members and what is said of each. "
                + $"Delete the store's {ConsolidatedName} to have it written anew.", e);
        }
    }

    /// <summary>The consolidated document.</summary>
    internal JsonObject Consolidated()
    {
        var metadata = new JsonObject();
        foreach (var (path, document) in _documents)
        {
            metadata[path] = document.DeepClone();
        }

        return new JsonObject { ["metadata"] = metadata, ["zarr_consolidated_format"] = 1 };
    }

    private void AddCoordinates()
    {
        var lead = LeadTimeUnit.Of(_layout.LeadTimes);
        Coordinate(Ensemble, "<i8", _layout.Members, ChunkOf(_layout, _layout.Members),
            new JsonObject { ["long_name"] = "ensemble member", ["standard_name"] = "realization", ["units"] = "1" });
        Coordinate(Time, "<i8", 1, 1, new JsonObject
        {
            ["calendar"] = CfCalendars.Name(_layout.Time.Calendar),
            ["long_name"] = "time of the initial condition",
            ["standard_name"] = "forecast_reference_time",
            ["units"] = TimeCoordinate.Of(_layout.Time).Units,
        });
        Coordinate(LeadTime, "<i8", _layout.LeadTimes.Count, ChunkOf(_layout, _layout.LeadTimes.Count), new JsonObject
        {
            ["long_name"] = "time since the initial condition",
            ["standard_name"] = "forecast_period",
            ["units"] = lead.Name,
        });
        AddGrid();
        Add(Committed, "<i8", [_layout.Members], [1], long.MinValue, null, [Ensemble], new JsonObject
        {
            ["long_name"] = "lead time up to which the member is committed",
            ["units"] = "seconds",
        });
    }

    // The names of the axes stay on a plane, so that every store is read alike; what they hold, their attributes say.
    private void AddGrid()
    {
        if (_layout.Mesh is { } mesh)
        {
            foreach (var variable in UgridVariable.Of(mesh, _layout.Longitude))
            {
                Add(variable.Name, variable.DType, variable.Shape, variable.Shape, null, null, variable.Dimensions, variable.Attributes);
            }

            return;
        }

        var (rows, columns) = _layout.OnPlane
            ? (("projection_y_coordinate", "m"), ("projection_x_coordinate", "m"))
            : (("latitude", "degrees_north"), ("longitude", "degrees_east"));
        Coordinate(_layout.GridDimensions[0], "<f8", _layout.Latitude.Count, _layout.Latitude.Count, Axis("Y", rows));
        Coordinate(_layout.GridDimensions[1], "<f8", _layout.Longitude.Count, _layout.Longitude.Count, Axis("X", columns));
    }

    private static JsonObject Axis(string axis, (string StandardName, string Units) what) =>
        new() { ["axis"] = axis, ["standard_name"] = what.StandardName, ["units"] = what.Units };

    private void Coordinate(string name, string dtype, int length, int chunk, JsonObject attributes) =>
        Add(name, dtype, [length], [chunk], null, null, [name], attributes);

    private void AddVariable(FieldVariable variable)
    {
        // Named as a coordinate, so that readers take it for none of the fields.
        var attributes = new JsonObject
        {
            ["coordinates"] = _layout.Mesh is null ? Committed : $"{Committed} {UgridVariable.CoordinatesOfFields}",
        };
        if (variable.KeepBits is { } kept)
        {
            attributes[KeptBits.Attribute] = kept;
        }

        (string, string?)[] optional =
        [
            ("cell_methods", TimeMethods.Name(variable.OverTime) is { } over ? $"{LeadTime}: {over}" : null),
            ("long_name", variable.LongName), ("standard_name", variable.StandardName), ("units", variable.Units),
            .. _layout.Mesh is null ? [] : UgridVariable.OfFields,
        ];
        foreach (var (key, value) in optional)
        {
            if (value is not null)
            {
                attributes[key] = value;
            }
        }

        Add(
            variable.Name,
            _layout.Precision == FieldPrecision.Single ? "<f4" : "<f8",
            [_layout.Members, 1, _layout.LeadTimes.Count, .. _layout.GridShape],
            [1, 1, _layout.LeadTimesPerChunk, .. _layout.GridShape],
            "NaN",
            _layout.CompressionLevel == 0 ? null : new JsonObject
            {
                ["id"] = _layout.Codec == FieldCodec.Zstd ? "zstd" : "zlib",
                ["level"] = _layout.CompressionLevel,
            },
            [Ensemble, Time, LeadTime, .. _layout.GridDimensions],
            attributes);
        if (_layout is { Codec: FieldCodec.Zstd, CompressionLevel: > 0 })
        {
            var size = _layout.Precision == FieldPrecision.Single ? sizeof(float) : sizeof(double);
            _documents[$"{variable.Name}/.zarray"]["filters"] =
                new JsonArray(new JsonObject { ["elementsize"] = size, ["id"] = "shuffle" });
        }
    }

    private void Add(
        string name, string dtype, int[] shape, int[] chunks, JsonNode? fill, JsonObject? compressor, string[] dimensions,
        JsonObject attributes)
    {
        _documents[$"{name}/.zarray"] = new JsonObject
        {
            ["chunks"] = Numbers(chunks),
            ["compressor"] = compressor,
            ["dtype"] = dtype,
            ["fill_value"] = fill,
            ["filters"] = null,
            ["order"] = "C",
            ["shape"] = Numbers(shape),
            ["zarr_format"] = 2,
        };
        attributes.Insert(0, "_ARRAY_DIMENSIONS", new JsonArray([.. dimensions.Select(d => (JsonNode)d)]));
        _documents[$"{name}/.zattrs"] = attributes;
    }

    private static JsonArray Numbers(int[] values) => new([.. values.Select(v => (JsonNode)v)]);
}
