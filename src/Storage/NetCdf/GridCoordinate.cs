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
        {
            throw new DataException($"{file.Path}: the dimension {name} has no coordinate variable {name}({name}), nor another with its "
                + "degrees. Add one to the file.");
        }

        if (!Axes.AreDegrees(variable))
        {
            throw AttributeDefect.Of(file.Path, variable, "units", "is not a unit of degrees", "degrees_north or degrees_east");
        }

        var values = file.ReadDoubles(variable);
        if (values.Length == 0)
        {
            throw new DataException($"{file.Path}: the dimension {name} has length 0, so that there are no fields. Name another variable.");
        }

        var bad = values.Count(value => !double.IsFinite(value));
        return bad == 0
            ? values
            : throw new DataException($"{file.Path}: {bad} of {values.Length} values of the coordinate {variable.Name} are missing "
                + $"({file.WhyMissing(variable)}). Write them into the file.");
    }

    private static IEnumerable<(double First, double Second)> Pairs(double[] values) => values.Zip(values.Skip(1));
}
