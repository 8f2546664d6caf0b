namespace Cairn.Engine.Models.Harmonics;

/// <summary>Longitudes of an input grid: eastward, equally spaced, once around the globe, beginning anywhere.</summary>
internal sealed class GlobalLongitudes
{
    /// <summary>Part of the spacing by which a longitude may miss its place.</summary>
    private const double Tolerance = 1e-3;

    /// <exception cref="SpecException">The longitudes are something else.</exception>
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
