using Cairn.Storage.Fields;

namespace Cairn.Storage.NetCdf;

/// <summary>Reads latitudes and longitudes along a dimension.</summary>
internal static class GridCoordinate
{
    /// <summary>Degrees by which rounding may carry a pole's latitude beyond it.</summary>
    private const double Tolerance = 1e-3;

    /// <exception cref="DataException">They are not in degrees, have gaps, or do not go one way.</exception>
    internal static double[] Latitudes(NetCdfFile file, DimensionCoordinate along)
    {
        var values = Degrees(file, along);
        var (rising, falling) = (Pairs(values).All(p => p.First < p.Second), Pairs(values).All(p => p.First > p.Second));
        return (rising || falling) && values.All(v => Math.Abs(v) <= 90 + Tolerance)
            ? values
            : throw new DataException($"{file.Path}: the latitudes {along.Variable!.Name} are not monotonic between -90 and 90. Expected "
                + "each further north than the one before, or each further south. Sort them first (sortby of xarray).");
    }

    /// <exception cref="DataException">They are not in degrees, have gaps, or do not go around the globe one way.</exception>
    internal static double[] Longitudes(NetCdfFile file, DimensionCoordinate along)
    {
        var values = Degrees(file, along);
        return LongitudeOrder.Monotonic(values) is not null
            ? values
            : throw new DataException($"{file.Path}: the longitudes {along.Variable!.Name} are not monotonic, or go around the globe "
                + "more than once. Expected each further east than the one before, or each further west. Sort them first (sortby of "
                + "xarray).");
    }

    private static double[] Degrees(NetCdfFile file, DimensionCoordinate along)
    {
        var (name, variable) = (along.Dimension.Name, along.Variable);
        if (variable is null)
            throw new DataException($"{file.Path}: the dimension {name} has no coordinate variable {name}({name}), nor another with its "
                + "degrees. Add one to the file.");

        if (!Axes.AreDegrees(variable))
            throw AttributeDefect.Of(file.Path, variable, "units", "is not a unit of degrees", "degrees_north or degrees_east");

        var values = file.ReadDoubles(variable);
        if (values.Length == 0)
            throw new DataException($"{file.Path}: the dimension {name} has length 0, so that there are no fields. Name another variable.");

        var bad = values.Count(value => !double.IsFinite(value));
        return bad == 0
            ? values
            : throw new DataException($"{file.Path}: {bad} of {values.Length} values of the coordinate {variable.Name} are missing "
                + $"({file.WhyMissing(variable)}). Write them into the file.");
    }

    private static IEnumerable<(double First, double Second)> Pairs(double[] values) => values.Zip(values.Skip(1));
}

/// <summary>What a coordinate counts.</summary>
internal enum Axis
{
    Other,
    Time,

    /// <summary>The time at which a forecast began, not the valid time of its fields.</summary>
    ReferenceTime,
    Latitude,
    Longitude,
}

/// <summary>Recognises coordinates by their attributes (CF conventions 4), then by name.</summary>
internal static class Axes
{
    private static readonly string[] North = ["degrees_north", "degree_north", "degree_n", "degrees_n", "degreen", "degreesn"];
    private static readonly string[] East = ["degrees_east", "degree_east", "degree_e", "degrees_e", "degreee", "degreese"];
    private static readonly string[] Plain = ["", "degree", "degrees", "deg", "°"];

    internal static Axis Of(NetCdfVariable coordinate)
    {
        var (units, standardName) = (Word(coordinate, "units"), Word(coordinate, "standard_name"));
        return standardName switch
        {
            "forecast_reference_time" => Axis.ReferenceTime,
            "time" => Axis.Time,
            "latitude" => Axis.Latitude,
            "longitude" => Axis.Longitude,
            // Those of a rotated pole or a projection, which are no latitudes and longitudes whatever their units say.
            "grid_latitude" or "grid_longitude" or "projection_x_coordinate" or "projection_y_coordinate" => Axis.Other,
            _ when ByUnits(units) is var axis && axis != Axis.Other => axis,
            "" when Plain.Contains(units) && ByLetter(Word(coordinate, "axis")) is var axis && axis != Axis.Other => axis,
            _ => Word(coordinate, "axis") == "t" ? Axis.Time : ByName(coordinate.Name),
        };
    }

    internal static Axis ByName(string name) => name.ToLowerInvariant() switch
    {
        "time" or "valid_time" => Axis.Time,
        "latitude" or "lat" => Axis.Latitude,
        "longitude" or "lon" => Axis.Longitude,
        _ => Axis.Other,
    };

    /// <summary>Whether a coordinate of times says that it counts those that fields stand for, and not only some times.</summary>
    internal static bool SaysValidity(NetCdfVariable coordinate) => Of(coordinate) == Axis.Time
        && (Word(coordinate, "standard_name") == "time" || Word(coordinate, "axis") == "t" || ByName(coordinate.Name) == Axis.Time);

    /// <summary>Whether units can be those of a latitude or longitude.</summary>
    internal static bool AreDegrees(NetCdfVariable coordinate) =>
        Word(coordinate, "units") is var units && (Plain.Contains(units) || North.Contains(units) || East.Contains(units));

    private static Axis ByUnits(string units)
    {
        if (North.Contains(units))
            return Axis.Latitude;

        return East.Contains(units) ? Axis.Longitude : units.Contains(" since ", StringComparison.Ordinal) ? Axis.Time : Axis.Other;
    }

    private static Axis ByLetter(string axis) => axis switch
    {
        "t" => Axis.Time,
        "y" => Axis.Latitude,
        "x" => Axis.Longitude,
        _ => Axis.Other,
    };

    private static string Word(NetCdfVariable coordinate, string attribute) =>
        coordinate.Text(attribute)?.Trim().ToLowerInvariant() ?? "";
}
