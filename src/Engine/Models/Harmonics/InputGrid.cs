namespace Cairn.Engine.Models.Harmonics;

/// <summary>The grid of winds and fields, understood: its latitudes, its longitudes, and that it can hold a truncation.</summary>
internal sealed class InputGrid
{
    internal InputGrid(LatLonGrid grid, int truncation)
    {
        Latitudes = LatitudeRule.For(grid.Latitudes);
        Longitudes = new GlobalLongitudes(grid.Longitudes);
        var largest = Largest(Latitudes, Longitudes);
        if (truncation > largest)
            throw new SpecException($"Truncation T{truncation} does not fit the input grid {grid}: "
                + $"{Latitudes.Colatitudes.Length} {Latitudes.Name} hold T{Latitudes.LargestTruncation} "
                + $"and {Longitudes.Count} longitudes hold T{Longitudes.LargestTruncation}. "
                + $"Set the truncation to {largest} or less, or give finer winds.");
    }

    internal LatitudeRule Latitudes { get; }
    internal GlobalLongitudes Longitudes { get; }

    /// <summary>The largest truncation that a grid can hold.</summary>
    internal static int LargestTruncation(LatLonGrid grid) =>
        Largest(LatitudeRule.For(grid.Latitudes), new GlobalLongitudes(grid.Longitudes));

    private static int Largest(LatitudeRule latitudes, GlobalLongitudes longitudes) =>
        Math.Min(latitudes.LargestTruncation, longitudes.LargestTruncation);
}

/// <summary>Longitudes of an input grid: eastward, equally spaced, once around the globe, beginning anywhere.</summary>
internal sealed class GlobalLongitudes
{
    /// <summary>Part of the spacing by which a longitude may miss its place.</summary>
    private const double Tolerance = 1e-3;

    internal GlobalLongitudes(IReadOnlyList<double> degrees)
    {
        var spacing = 360.0 / Math.Max(degrees.Count, 1);
        for (var i = 0; i < degrees.Count; i++)
        {
            // Written so that a longitude that is no number does not pass.
            if (!(Math.Abs(degrees[i] - degrees[0] - i * spacing) <= Tolerance * spacing))
            {
                var expected = degrees[0] + i * spacing;
                throw new SpecException(
                    FormattableString.Invariant($"Longitude {i} of the input grid is {degrees[i]}; expected {expected}, ")
                    + FormattableString.Invariant($"as {degrees.Count} longitudes once around the globe are {spacing} degrees apart. ")
                    + "Give a global, equally spaced grid, eastward, without a repeated end.");
            }
        }
        Count = degrees.Count;
        Origin = degrees.Count == 0 ? 0 : double.DegreesToRadians(degrees[0]);
    }

    internal int Count { get; }

    /// <summary>The first longitude, in radians.</summary>
    internal double Origin { get; }

    /// <summary>The largest wavenumber whose sine and cosine the longitudes tell apart.</summary>
    internal int LargestTruncation => (Count - 1) / 2;
}
