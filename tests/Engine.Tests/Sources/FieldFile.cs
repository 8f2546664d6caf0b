namespace Cairn.Engine.Tests.Sources;

/// <summary>A NetCDF file of fields that have one number a time, everywhere.</summary>
internal static class FieldFile
{
    /// <summary>Writes it, on two latitudes and two longitudes, and gives its path.</summary>
    public static string Write(
        string path, string units, double[] times, (string Name, double[] Values)[] variables, string calendar = "standard")
    {
        using var file = NetCdfWriter.Create(path);
        file.DefineDimension("time", times.Length);
        foreach (var axis in new[] { "latitude", "longitude" })
        {
            file.DefineDimension(axis, 2);
            file.DefineVariable(axis, NetCdfType.Double, [axis]);
        }
        file.DefineVariable("time", NetCdfType.Double, ["time"]);
        file.DefineAttribute("time", "units", units);
        file.DefineAttribute("time", "calendar", calendar);
        foreach (var (name, _) in variables)
            file.DefineVariable(name, NetCdfType.Double, ["time", "latitude", "longitude"]);
        file.EndDefinition();
        file.Write<double>("time", [0], [times.Length], times);
        file.Write<double>("latitude", [0], [2], [10, -10]);
        file.Write<double>("longitude", [0], [2], [0, 180]);
        foreach (var (name, values) in variables)
            file.Write<double>(name, [0, 0, 0], [times.Length, 2, 2], [.. values.SelectMany(value => Enumerable.Repeat(value, 4))]);
        file.Close();
        return path;
    }
}
