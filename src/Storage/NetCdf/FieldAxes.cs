namespace Cairn.Storage.NetCdf;

/// <summary>A variable with its dimensions recognised: time (if any), latitude and longitude; others must have length 1.</summary>
internal sealed record FieldAxes(NetCdfFile File, NetCdfVariable Variable, int Time, int LatitudeAt, int LongitudeAt)
{
    internal NetCdfDimension Latitude => Variable.Dimensions[LatitudeAt];

    internal NetCdfDimension Longitude => Variable.Dimensions[LongitudeAt];

    internal static FieldAxes Of(NetCdfFile file, NetCdfVariable variable)
    {
        var axes = variable.Dimensions.Select(dimension => Axes.Of(file, dimension)).ToList();
        var wellFormed = axes.Count(a => a == Axis.Latitude) == 1 && axes.Count(a => a == Axis.Longitude) == 1
            && axes.Count(a => a == Axis.Time) <= 1
            && variable.Dimensions.Where((d, i) => axes[i] == Axis.Other && d.Length != 1).FirstOrDefault() is null;
        return wellFormed
            ? new FieldAxes(file, variable, axes.IndexOf(Axis.Time), axes.IndexOf(Axis.Latitude), axes.IndexOf(Axis.Longitude))
            : throw new DataException(
                $"{file.Path}: the dimensions of {variable} are not understood ({string.Join(", ", axes)}). Expected time, latitude " +
                "and longitude, recognised by units (… since …, degrees_north, degrees_east), axis, standard_name or name (time, " +
                "latitude or lat, longitude or lon), and any other dimension of length 1.");
    }

    internal void RequireSameGrid(FieldAxes other)
    {
        if (Latitude != other.Latitude || Longitude != other.Longitude || TimeDimension != other.TimeDimension)
        {
            throw new DataException($"{File.Path}: {Variable} and {other.Variable} do not lie on the same grid and times.");
        }
    }

    internal (int Index, CfTime? Time) SelectTime(TimeSelector selector)
    {
        if (Time < 0)
        {
            return selector == TimeSelector.Only || selector == TimeSelector.At(0)
                ? (0, null)
                : throw new DataException($"{File.Path}: {Variable} has no time axis, so no time can be chosen; leave the time out.");
        }

        var times = ReadTimes();
        var index = selector.Select(times, File.Path);
        return (index, times[index]);
    }

    internal double[] Coordinate(NetCdfDimension dimension)
    {
        var values = File.ReadDoubles(CoordinateVariable(dimension));
        return values.Length > 0 && values.All(double.IsFinite)
            ? values
            : throw new DataException($"{File.Path}: the coordinate {dimension.Name} has no values, or some that are not finite.");
    }

    /// <summary>One time's values in the order [latitude, longitude].</summary>
    internal double[] ReadPlane(int timeIndex)
    {
        var start = new long[Variable.Dimensions.Count];
        var count = Variable.Dimensions.Select((d, i) => i == LatitudeAt || i == LongitudeAt ? d.Length : 1).ToArray();
        if (Time >= 0)
        {
            start[Time] = timeIndex;
        }

        var plane = File.ReadDoubles(Variable, start, count);
        return LatitudeAt < LongitudeAt ? plane : Transposed(plane, (int)Latitude.Length, (int)Longitude.Length);
    }

    private NetCdfDimension? TimeDimension => Time < 0 ? null : Variable.Dimensions[Time];

    private List<CfTime> ReadTimes()
    {
        var coordinate = CoordinateVariable(TimeDimension!);
        var units = coordinate.Text("units")
            ?? throw new DataException($"{File.Path}: the time coordinate {coordinate.Name} has no units; expected 'hours since …' or " +
                "the like.");
        var decoder = CfTimeUnits.Parse(units, coordinate.Text("calendar"));
        return [.. File.ReadDoubles(coordinate).Select(decoder.Decode)];
    }

    private NetCdfVariable CoordinateVariable(NetCdfDimension dimension)
    {
        var found = File.TryGetVariable(dimension.Name, out var coordinate) && coordinate.Dimensions.Count == 1
            && coordinate.Dimensions[0] == dimension;
        return found
            ? coordinate!
            : throw new DataException($"{File.Path}: the dimension {dimension.Name} has no coordinate variable " +
                $"{dimension.Name}({dimension.Name}).");
    }

    private static double[] Transposed(double[] values, int rows, int columns)
    {
        var result = new double[values.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                result[(row * columns) + column] = values[(column * rows) + row];
            }
        }

        return result;
    }
}
