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
    internal const string Latitude = "latitude";
    internal const string Longitude = "longitude";
    internal const string Committed = "committed_lead_time";

    /// <summary>The attribute that tells which members began anew, with the number of their draw.</summary>
    internal const string Draws = "perturbation_draws";
    internal const string ConsolidatedName = ".zmetadata";
    internal const string RootAttributes = ".zattrs";

    /// <summary>
    /// Coordinates that may grow are stored in chunks of this many values, padded with zeros: a grown coordinate is then written before
    /// the metadata that makes it visible, and a reader in between sees the old one.
    /// </summary>
    internal const int GrowingChunk = 1024;

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
        _documents[RootAttributes] = new JsonObject { [Committed] = new JsonObject(), ["Conventions"] = Conventions(layout) };
        AddCoordinates();
        foreach (var variable in layout.Variables)
        {
            AddVariable(variable);
        }
    }

    internal static IReadOnlyList<string> Reserved { get; } =
        [Ensemble, Time, LeadTime, Latitude, Longitude, Committed, .. UgridVariable.Names];

    /// <summary>The conventions that describe a layout.</summary>
    internal static string Conventions(FieldLayout layout) => layout.Mesh is null ? "CF-1.8" : "CF-1.8 UGRID-1.0";

    /// <summary>Every document by its path below the store.</summary>
    internal IReadOnlyDictionary<string, JsonObject> Documents => _documents;

    internal static byte[] Bytes(JsonNode document) => Encoding.UTF8.GetBytes(document.ToJsonString(Format) + "\n");

    /// <summary>On one line, for messages.</summary>
    internal static string Text(JsonNode? document) => document?.ToJsonString(Compact) ?? "nothing";

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
        Coordinate(Ensemble, "<i8", _layout.Members, GrowingChunk,
            new JsonObject { ["long_name"] = "ensemble member", ["standard_name"] = "realization" });
        Coordinate(Time, "<i8", 1, 1, new JsonObject
        {
            ["calendar"] = CfCalendars.Name(_layout.Time.Calendar),
            ["long_name"] = "time of the initial condition",
            ["standard_name"] = "forecast_reference_time",
            ["units"] = TimeCoordinate.Of(_layout.Time).Units,
        });
        Coordinate(LeadTime, "<i8", _layout.LeadTimes.Count, GrowingChunk, new JsonObject
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
        Coordinate(Latitude, "<f8", _layout.Latitude.Count, _layout.Latitude.Count, Axis("Y", rows));
        Coordinate(Longitude, "<f8", _layout.Longitude.Count, _layout.Longitude.Count, Axis("X", columns));
    }

    private static JsonObject Axis(string axis, (string StandardName, string Units) what) =>
        new() { ["axis"] = axis, ["standard_name"] = what.StandardName, ["units"] = what.Units };

    private void Coordinate(string name, string dtype, int length, int chunk, JsonObject attributes) =>
        Add(name, dtype, [length], [chunk], null, null, [name], attributes);

    private void AddVariable(FieldVariable variable)
    {
        var attributes = new JsonObject();
        (string, string?)[] optional =
        [
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
            _layout.CompressionLevel == 0 ? null : new JsonObject { ["id"] = "zlib", ["level"] = _layout.CompressionLevel },
            [Ensemble, Time, LeadTime, .. _layout.GridDimensions],
            attributes);
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
