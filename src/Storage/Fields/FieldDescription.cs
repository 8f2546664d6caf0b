using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Fields;

/// <summary>What a layout's coordinates and fields are called, and how CF 1.10 describes them: the same words in every store and file that
/// is made of it.</summary>
internal sealed class FieldDescription
{
    internal const string Ensemble = "ensemble", Time = "time", LeadTime = "lead_time", Committed = "committed_lead_time";
    internal const string LeadTimeBounds = "lead_time_bnds", Bounds = "bnds";

    private readonly FieldLayout _layout;
    private readonly Dictionary<string, JsonObject> _attributes = [];

    internal FieldDescription(FieldLayout layout)
    {
        _layout = layout;
        DescribeTimes();
        DescribeGrid();
        foreach (var variable in layout.Variables)
            _attributes[variable.Name] = Describe(variable);
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
                _attributes[variable.Name] = variable.Attributes;

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
            attributes[KeptBits.Attribute] = kept;

        (string, string?)[] optional =
        [
            ("cell_methods", TimeMethods.Name(variable.OverTime) is { } over ? $"{LeadTime}: {over}" : null),
            ("long_name", variable.LongName), ("standard_name", variable.StandardName), ("units", variable.Units),
            .. _layout.Mesh is null ? [] : UgridVariable.OfFields,
        ];
        foreach (var (key, value) in optional)
        {
            if (value is not null)
                attributes[key] = value;
        }

        return attributes;
    }
}

/// <summary>The unit in which lead times are whole numbers.</summary>
internal sealed record LeadTimeUnit(string Name, long Seconds)
{
    internal static LeadTimeUnit Of(IReadOnlyList<TimeSpan> leadTimes) =>
        All().First(unit => leadTimes.All(time => (long)time.TotalSeconds % unit.Seconds == 0));

    internal static LeadTimeUnit Named(string? name) => Array.Find(All(), unit => unit.Name == name)
        ?? throw new FormatException($"lead times are in '{name}', not in hours, minutes or seconds");

    private static LeadTimeUnit[] All() => [new("hours", 3600), new("minutes", 60), new("seconds", 1)];
}

/// <summary>Initial times as whole numbers with CF units.</summary>
internal sealed record TimeCoordinate(string Units, IReadOnlyList<long> Values)
{
    internal static TimeCoordinate Of(params IReadOnlyList<CfTime> times)
    {
        string[] candidates = ["hours since 1970-01-01", "seconds since 1970-01-01", "microseconds since 1970-01-01"];
        foreach (var units in candidates)
        {
            var unit = CfTimeUnits.Parse(units, CfCalendars.Name(times[0].Calendar));
            var values = times.Select(unit.Encode).ToList();
            if (values.All(value => value == Math.Floor(value)))
                return new TimeCoordinate(units, [.. values.Select(value => (long)value)]);
        }

        throw new SpecException($"The initial time {string.Join(", ", times)} cannot be stored; expected a whole number of microseconds.");
    }
}

/// <summary>Rounding to the nearest number whose mantissa has only some bits set, the even one of two as near (Klöwer et al. 2021, Nat.
/// Comput. Sci. 1, 713-724): the result compresses better, and reads like any other number.</summary>
internal static class KeptBits
{
    /// <summary>The attribute that netcdf-c gives variables which it rounds so (<c>NC_QUANTIZE_BITROUND</c>).</summary>
    internal const string Attribute = "_QuantizeBitRoundNumberOfSignificantBits";

    internal const int OfSingle = 23, OfDouble = 52;

    internal static void Round(Span<float> values, int kept)
    {
        foreach (ref var bits in MemoryMarshal.Cast<float, uint>(values))
        {
            var rounded = Round(bits, OfSingle - kept);
            bits = float.IsFinite(BitConverter.UInt32BitsToSingle(rounded)) ? rounded : bits;
        }
    }

    internal static void Round(Span<double> values, int kept)
    {
        foreach (ref var bits in MemoryMarshal.Cast<double, ulong>(values))
        {
            var rounded = Round(bits, OfDouble - kept);
            bits = double.IsFinite(BitConverter.UInt64BitsToDouble(rounded)) ? rounded : bits;
        }
    }

    /// <summary>What is no finite number before or after it, its caller leaves as it is.</summary>
    private static T Round<T>(T bits, int dropped) where T : IBinaryInteger<T> => dropped == 0
        ? bits
        : (bits + (T.One << (dropped - 1)) - T.One + ((bits >> dropped) & T.One)) >> dropped << dropped;
}
