using System.Text.Json.Nodes;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Fields;

/// <summary>
/// What a layout's coordinates and fields are called, and how CF 1.10 describes them: the same words in every store and file that is made
/// of it.
/// </summary>
internal sealed class FieldDescription
{
    internal const string Ensemble = "ensemble", Time = "time", LeadTime = "lead_time", Committed = "committed_lead_time";
    internal const string LeadTimeBounds = "lead_time_bnds", Bounds = "bnds";

    private readonly FieldLayout _layout;
    private readonly Dictionary<string, JsonObject> _attributes = new(StringComparer.Ordinal);

    internal FieldDescription(FieldLayout layout)
    {
        _layout = layout;
        DescribeTimes();
        DescribeGrid();
        foreach (var variable in layout.Variables)
        {
            _attributes[variable.Name] = Describe(variable);
        }
    }

    /// <summary>Names of the rows and the columns of a grid.</summary>
    internal static IReadOnlyList<string> GridAxes(GridNames names) =>
        names == GridNames.Cf ? ["latitude", "longitude"] : ["lat", "lon"];

    /// <summary>Names that no field can have.</summary>
    internal static IReadOnlyList<string> Reserved(GridNames names) =>
        [Ensemble, Time, LeadTime, LeadTimeBounds, .. GridAxes(names), Committed, .. UgridVariable.Names];

    /// <summary>The conventions that describe a layout.</summary>
    internal static string Conventions(FieldLayout layout) => layout.Mesh is null ? "CF-1.10" : "CF-1.10 UGRID-1.0";

    /// <summary>The attributes of a coordinate, a field, or a variable of the mesh.</summary>
    internal JsonObject Of(string name) => _attributes[name];

    private void DescribeTimes()
    {
        _attributes[Ensemble] = new JsonObject
        {
            ["long_name"] = "ensemble member", ["standard_name"] = "realization", ["units"] = "1",
        };
        _attributes[Time] = new JsonObject
        {
            ["calendar"] = CfCalendars.Name(_layout.Time.Calendar),
            ["long_name"] = "time of the initial condition",
            ["standard_name"] = "forecast_reference_time",
            ["units"] = TimeCoordinate.Of(_layout.Times).Units,
        };
        var unit = LeadTimeUnit.Of(_layout.LeadTimes).Name;
        _attributes[LeadTime] = new JsonObject
        {
            ["long_name"] = "time since the initial condition", ["standard_name"] = "forecast_period", ["units"] = unit,
        };
        if (_layout.HasBounds)
        {
            _attributes[LeadTime].Insert(0, "bounds", LeadTimeBounds);
            _attributes[LeadTimeBounds] = new JsonObject
            {
                ["long_name"] = "from the initial condition to the lead time: what sums are of", ["units"] = unit,
            };
        }

        _attributes[Committed] = new JsonObject
        {
            ["long_name"] = "lead time up to which the member is committed", ["units"] = "seconds",
        };
    }

    // The names of the axes stay on a plane, so that every store is read alike; what they hold, their attributes say.
    private void DescribeGrid()
    {
        if (_layout.Mesh is { } mesh)
        {
            foreach (var variable in UgridVariable.Of(mesh, _layout.Longitude))
            {
                _attributes[variable.Name] = variable.Attributes;
            }

            return;
        }

        var (rows, columns) = _layout.OnPlane
            ? (("projection_y_coordinate", "m"), ("projection_x_coordinate", "m"))
            : (("latitude", "degrees_north"), ("longitude", "degrees_east"));
        _attributes[_layout.GridDimensions[0]] = Axis("Y", rows);
        _attributes[_layout.GridDimensions[1]] = Axis("X", columns);
    }

    private static JsonObject Axis(string axis, (string StandardName, string Units) what) =>
        new() { ["axis"] = axis, ["standard_name"] = what.StandardName, ["units"] = what.Units };

    private JsonObject Describe(FieldVariable variable)
    {
        // Named as coordinates, so that readers take them for none of the fields.
        string[] besides =
        [
            Committed, .. _layout.HasBounds ? [LeadTimeBounds] : Array.Empty<string>(),
            .. _layout.Mesh is null ? Array.Empty<string>() : [UgridVariable.CoordinatesOfFields],
        ];
        var attributes = new JsonObject { ["coordinates"] = string.Join(' ', besides) };
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

        return attributes;
    }
}
