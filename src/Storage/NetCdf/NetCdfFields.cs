namespace Cairn.Storage.NetCdf;

/// <summary>Fields on a latitude-longitude grid at one time.</summary>
/// <param name="Latitude">Degrees north, in the file's order.</param>
/// <param name="Longitude">Degrees east, in the file's order.</param>
/// <param name="Time">The time, or null for a file that knows none.</param>
/// <param name="Variables">The names asked for, in that order, with the file's units where it has them.</param>
/// <param name="Values">All values, finite, in the order [variable, latitude, longitude].</param>
public sealed record NetCdfFieldSet(
    IReadOnlyList<double> Latitude,
    IReadOnlyList<double> Longitude,
    CfTime? Time,
    IReadOnlyList<NetCdfFieldName> Variables,
    double[] Values)
{
    /// <summary>The values in single precision, in the order [variable, latitude, longitude].</summary>
    public float[] ToFloats() => Array.ConvertAll(Values, value => (float)value);
}

/// <summary>A field as the caller names it, and as the file does.</summary>
public sealed record NetCdfFieldName(string Name, string FileName, string? Units);

/// <summary>Reads initial conditions from a file.</summary>
public static class NetCdfFields
{
    /// <summary>Reads fields at one time.</summary>
    /// <param name="path">The file.</param>
    /// <param name="variables">The caller's name of each field, and the file's; the result keeps this order.</param>
    /// <param name="time">The requested time.</param>
    /// <param name="missing">What takes the place of values that are missing or NaN; null where they are refused.</param>
    /// <exception cref="DataException">A variable or the time does not exist, a dimension is not recognised, an attribute cannot be
    /// followed, the variables are on different grids, or a value is missing or NaN. Messages name what exists and how to fix
    /// it.</exception>
    public static NetCdfFieldSet Read(
        string path, IReadOnlyList<KeyValuePair<string, string>> variables, TimeSelector time, double? missing = null)
    {
        if (variables.Count == 0)
            throw new SpecException($"No variable of {path} was asked for; name at least one.");

        using var file = NetCdfFile.Open(path);
        var first = FieldAxes.Of(file, file.Variable(variables[0].Value));
        var (index, at) = first.SelectTime(time);
        var latitude = GridCoordinate.Latitudes(file, first.Latitude);
        var longitude = GridCoordinate.Longitudes(file, first.Longitude);
        var all = (long)latitude.Length * longitude.Length * variables.Count;
        if (all > Array.MaxLength / sizeof(double))
            throw new DataException($"{file.Path}: {variables.Count} fields of {latitude.Length} x {longitude.Length} points are more "
                + $"than the {Array.MaxLength / sizeof(double)} values that a state can have. Take a box out of the file first (ncks "
                + "-d), or regrid it to a coarser grid (cdo remapcon).");

        var size = latitude.Length * longitude.Length;
        var values = new double[all];
        var names = new List<NetCdfFieldName>();
        foreach (var (name, fileName) in variables)
        {
            var axes = FieldAxes.Of(file, file.Variable(fileName));
            axes.RequireSameGrid(first);
            RequireSameTime(axes, time, at);
            ReadField(axes, index, values.AsSpan(names.Count * size, size), missing);
            names.Add(new NetCdfFieldName(name, fileName, axes.Variable.Text("units")));
        }

        return new NetCdfFieldSet(latitude, longitude, at, names, values);
    }

    /// <summary>The times that a file has fields of a variable for; the only one, where it has no axis of times.</summary>
    /// <exception cref="DataException">The variable or its times are not there, or cannot be read.</exception>
    public static IReadOnlyList<CfTime> Times(string path, string variable)
    {
        using var file = NetCdfFile.Open(path);
        return FieldAxes.Of(file, file.Variable(variable)).Times();
    }

    /// <summary>The times along a variable's axis of times; none where it has no such axis.</summary>
    /// <inheritdoc cref="Times"/>
    public static IReadOnlyList<CfTime> TimesAlong(string path, string variable)
    {
        using var file = NetCdfFile.Open(path);
        var axes = FieldAxes.Of(file, file.Variable(variable));
        return axes.HasTimeAxis ? axes.Times() : [];
    }

    private static void RequireSameTime(FieldAxes axes, TimeSelector time, CfTime? first)
    {
        if (axes.SelectTime(time).Time is var other && other != first)
            throw new DataException($"{axes.File.Path}: {axes.Variable} is valid at {Named(other)}, the variables before it at "
                + $"{Named(first)}. Expected one time. Read them from files of one time.");

        static string Named(CfTime? time) => time is { } known ? known.ToString() : "no time";
    }

    private static void ReadField(FieldAxes axes, int timeIndex, Span<double> into, double? missing)
    {
        axes.ReadPlane(timeIndex).CopyTo(into);
        var bad = 0;
        foreach (ref var value in into)
        {
            bad += double.IsFinite(value) ? 0 : 1;
            value = double.IsFinite(value) ? value : missing ?? value;
        }

        if (bad > 0 && missing is null)
            throw new DataException(
                $"{axes.File.Path}: {bad} of {into.Length} values of {axes.Variable.Name} at the chosen time are missing or not finite " +
                $"({axes.WhyMissing(timeIndex)}). Choose another time, or fill the gaps first.");
    }
}
