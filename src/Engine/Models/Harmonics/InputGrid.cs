namespace Cairn.Engine.Models.Harmonics;

/// <summary>The grid of winds and fields, understood: its latitudes, its longitudes, and that it can hold a truncation.</summary>
internal sealed class InputGrid
{
    /// <exception cref="SpecException">The grid is not global and regular, or too coarse for the truncation.</exception>
    internal InputGrid(LatLonGrid grid, int truncation)
    {
        Latitudes = LatitudeRule.For(grid.Latitudes);
        Longitudes = new GlobalLongitudes(grid.Longitudes);
        var largest = Largest(Latitudes, Longitudes);
        if (truncation > largest)
        {
            throw new SpecException($"Truncation T{truncation} does not fit the input grid {grid}: "
                + $"{Latitudes.Colatitudes.Length} {Latitudes.Name} hold T{Latitudes.LargestTruncation} "
                + $"and {Longitudes.Count} longitudes hold T{Longitudes.LargestTruncation}. "
                + $"Set the truncation to {largest} or less, or give finer winds.");
        }
    }

    internal LatitudeRule Latitudes { get; }

    internal GlobalLongitudes Longitudes { get; }

    /// <summary>The largest truncation that a grid can hold.</summary>
    /// <exception cref="SpecException">The grid is not global and regular.</exception>
    internal static int LargestTruncation(LatLonGrid grid) =>
        Largest(LatitudeRule.For(grid.Latitudes), new GlobalLongitudes(grid.Longitudes));

    private static int Largest(LatitudeRule latitudes, GlobalLongitudes longitudes) =>
        Math.Min(latitudes.LargestTruncation, longitudes.LargestTruncation);
}
