namespace Cairn.Storage.NetCdf;

/// <summary>A variable with its dimensions recognised: time (if any), latitude and longitude; others must have length 1.</summary>
internal sealed record FieldAxes(
    NetCdfFile File, NetCdfVariable Variable, IReadOnlyList<DimensionCoordinate> Along, int Time, int LatitudeAt, int LongitudeAt)
{
    internal DimensionCoordinate Latitude => Along[LatitudeAt];
    internal DimensionCoordinate Longitude => Along[LongitudeAt];
    internal bool HasTimeAxis => TimeCoordinate is not null;

    internal static FieldAxes Of(NetCdfFile file, NetCdfVariable variable)
    {
        var coordinates = new FieldCoordinates(file, variable);
        List<DimensionCoordinate> along = [.. variable.Dimensions.Select(coordinates.Along)];
        coordinates.RequireOneDimensional(along);
        var axes = along.Select(d => d.Axis).ToList();
        var wellFormed = axes.Count(a => a == Axis.Latitude) == 1 && axes.Count(a => a == Axis.Longitude) == 1
            && axes.Count(a => a == Axis.Time) <= 1
            && along.All(d => d.Axis is not (Axis.Other or Axis.ReferenceTime) || d.Dimension.Length == 1);
        return wellFormed
            ? new FieldAxes(file, variable, along, axes.IndexOf(Axis.Time), axes.IndexOf(Axis.Latitude), axes.IndexOf(Axis.Longitude))
            : throw new DataException(
                $"{file.Path}: the dimensions of {variable} are not understood ({string.Join(", ", axes)}). Expected time, latitude " +
                "and longitude, recognised by units (… since …, degrees_north, degrees_east), axis, standard_name or name (time, " +
                "latitude or lat, longitude or lon), and any other dimension of length 1.");
    }

    internal void RequireSameGrid(FieldAxes other)
    {
        if (Latitude != other.Latitude || Longitude != other.Longitude || TimeCoordinate != other.TimeCoordinate)
            throw new DataException($"{File.Path}: {Variable} and {other.Variable} do not lie on the same grid and times.");
    }

    /// <summary>The place of a time along the dimension of times, and the time; of a field without that dimension, the one that a
    /// coordinate of one value tells, or null where none does.</summary>
    internal (int Index, CfTime? Time) SelectTime(TimeSelector selector)
    {
        if (TimeCoordinate is { } along)
        {
            var times = ReadTimes(along);
            var index = selector.Select(times, File.Path);
            return (index, times[index]);
        }

        var coordinates = new FieldCoordinates(File, Variable);
        if (TimeValues.ReadOne(File, coordinates.SingleTimes()) is { } only)
        {
            _ = selector.Select([only], File.Path);
            return (0, only);
        }

        return (0, selector.OfUndated($"{File.Path}: {Variable}", coordinates.WhyTimeIsUnknown()));
    }

    /// <summary>All times that there are fields for; the one that a coordinate tells, where no dimension is of times.</summary>
    internal IReadOnlyList<CfTime> Times() =>
        TimeCoordinate is { } along ? ReadTimes(along)
        : TimeValues.ReadOne(File, new FieldCoordinates(File, Variable).SingleTimes()) is { } one ? [one]
        : throw new DataException($"{File.Path}: {Variable} has no time. Expected a dimension or a coordinate of times.");

    /// <summary>One time's values in the order [latitude, longitude].</summary>
    internal double[] ReadPlane(int timeIndex)
    {
        var (start, count) = Plane(timeIndex);
        var plane = File.ReadDoubles(Variable, start, count);
        return LatitudeAt < LongitudeAt ? plane : Transposed(plane, (int)Latitude.Dimension.Length, (int)Longitude.Dimension.Length);
    }

    /// <summary>Why values of one time are missing.</summary>
    internal string WhyMissing(int timeIndex)
    {
        var (start, count) = Plane(timeIndex);
        return File.WhyMissing(Variable, start, count);
    }

    private (long[] Start, long[] Count) Plane(int timeIndex)
    {
        var start = new long[Variable.Dimensions.Count];
        if (Time >= 0)
            start[Time] = timeIndex;

        return (start, [.. Variable.Dimensions.Select((d, i) => i == LatitudeAt || i == LongitudeAt ? d.Length : 1)]);
    }

    private DimensionCoordinate? TimeCoordinate => Time < 0 ? null : Along[Time];

    private IReadOnlyList<CfTime> ReadTimes(DimensionCoordinate along) => along.Variable is { } coordinate
        ? TimeValues.Read(File, coordinate)
        : throw new DataException($"{File.Path}: the dimension {along.Dimension.Name} has no coordinate variable "
            + $"{along.Dimension.Name}({along.Dimension.Name}), nor another with its times. Add one to the file.");

    private static double[] Transposed(double[] values, int rows, int columns)
    {
        var result = new double[values.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                result[(row * columns) + column] = values[(column * rows) + row];
        }

        return result;
    }
}
