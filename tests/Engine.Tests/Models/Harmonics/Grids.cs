namespace Cairn.Engine.Tests.Models.Harmonics;

/// <summary>Grids for tests.</summary>
internal static class Grids
{
    internal static LatLonGrid Regular(int latitudes, int longitudes, double origin = 20, bool southFirst = true) =>
        new(Latitudes(latitudes, southFirst), Longitudes(longitudes, origin));

    internal static double[] Latitudes(int count, bool southFirst) =>
        [.. Enumerable.Range(0, count).Select(i => (southFirst ? 1 : -1) * (i * 180.0 / (count - 1) - 90))];

    internal static double[] Longitudes(int count, double origin) =>
        [.. Enumerable.Range(0, count).Select(i => origin + i * 360.0 / count)];
}
