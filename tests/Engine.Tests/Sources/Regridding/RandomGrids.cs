namespace Cairn.Engine.Tests.Sources.Regridding;

/// <summary>Grids of every kind that regridding takes, and fields on them.</summary>
internal static class RandomGrids
{
    /// <summary>A grid around the globe: with poles, between poles, or with uneven rows; from north or south; its seam anywhere.</summary>
    public static LatLonGrid Global(Random random)
    {
        var (rows, columns) = (random.Next(4, 40), random.Next(4, 60));
        var spacing = 180.0 / rows;
        IEnumerable<double> latitudes = random.Next(3) switch
        {
            0 => Enumerable.Range(0, rows + 1).Select(i => -90 + (i * spacing)),
            1 => Enumerable.Range(0, rows).Select(i => -90 + ((i + 0.5) * spacing)),
            _ => Enumerable.Range(0, rows).Select(i => -90 + ((i + 0.3 + (0.4 * random.NextDouble())) * spacing)).ToArray(),
        };
        var origin = (random.NextDouble() * 540) - 180;
        var longitudes = Enumerable.Range(0, columns).Select(i => origin + (i * 360.0 / columns));
        // Some files count on from the seam, some begin anew.
        var wraps = random.Next(2) == 0;
        return new LatLonGrid(
            [.. random.Next(2) == 0 ? latitudes : latitudes.Reverse()],
            [.. longitudes.Select(degrees => wraps && degrees >= 180 ? degrees - 360 : degrees)]);
    }

    /// <summary>A grid over a part of the globe, maybe across the seam.</summary>
    public static LatLonGrid Regional(Random random, double south, double north, double west, double east)
    {
        var (rows, columns) = (random.Next(2, 30), random.Next(2, 30));
        var latitudes = Enumerable.Range(0, rows).Select(i => south + ((north - south) * i / (rows - 1)));
        return new LatLonGrid(
            [.. random.Next(2) == 0 ? latitudes : latitudes.Reverse()],
            [.. Enumerable.Range(0, columns).Select(i => west + ((east - west) * i / (columns - 1)))]);
    }

    public static double[] Field(LatLonGrid grid, Func<double, double, double> value) =>
    [
        .. from latitude in grid.Latitudes
           from longitude in grid.Longitudes
           select value(latitude, longitude),
    ];

    public static double[] Noise(LatLonGrid grid, Random random) => Field(grid, (_, _) => random.NextDouble() - 0.5);
}
