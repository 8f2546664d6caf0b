namespace Cairn.Storage.NetCdf;

/// <summary>What a dimension stands for.</summary>
internal enum Axis
{
    Other,
    Time,
    Latitude,
    Longitude,
}

/// <summary>Recognises dimensions by their coordinate variable's attributes (CF conventions 4), then by name.</summary>
internal static class Axes
{
    private static readonly string[] North = ["degrees_north", "degree_north", "degree_n", "degrees_n", "degreen", "degreesn"];
    private static readonly string[] East = ["degrees_east", "degree_east", "degree_e", "degrees_e", "degreee", "degreese"];

    internal static Axis Of(NetCdfFile file, NetCdfDimension dimension)
    {
        var axis = file.TryGetVariable(dimension.Name, out var coordinate) ? ByAttributes(coordinate) : Axis.Other;
        return axis != Axis.Other ? axis : ByName(dimension.Name);
    }

    private static Axis ByAttributes(NetCdfVariable coordinate)
    {
        var units = coordinate.Text("units")?.Trim().ToLowerInvariant() ?? "";
        if (North.Contains(units, StringComparer.Ordinal))
        {
            return Axis.Latitude;
        }

        if (East.Contains(units, StringComparer.Ordinal))
        {
            return Axis.Longitude;
        }

        if (units.Contains(" since ", StringComparison.Ordinal))
        {
            return Axis.Time;
        }

        return (coordinate.Text("axis"), coordinate.Text("standard_name")) switch
        {
            ("T", _) or (_, "time") => Axis.Time,
            (_, "latitude") => Axis.Latitude,
            (_, "longitude") => Axis.Longitude,
            ("Y", null) => Axis.Latitude,
            ("X", null) => Axis.Longitude,
            _ => Axis.Other,
        };
    }

    private static Axis ByName(string name) => name.ToLowerInvariant() switch
    {
        "time" => Axis.Time,
        "latitude" or "lat" => Axis.Latitude,
        "longitude" or "lon" => Axis.Longitude,
        _ => Axis.Other,
    };
}
