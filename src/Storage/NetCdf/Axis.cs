namespace Cairn.Storage.NetCdf;

/// <summary>What a coordinate counts.</summary>
internal enum Axis
{
    Other,
    Time,

    /// <summary>The time at which a forecast began: not the one that its fields stand for.</summary>
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
        {
            return Axis.Latitude;
        }

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
