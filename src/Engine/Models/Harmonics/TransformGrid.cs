namespace Cairn.Engine.Models.Harmonics;

/// <summary>The Gaussian grid of the nonlinear terms: large enough that products of two truncated fields are projected without aliasing
/// ((3T + 1) / 2 latitudes, 3T + 1 longitudes), an even number of latitudes, and a length that the FFT likes.</summary>
internal sealed class TransformGrid
{
    internal TransformGrid(int truncation)
    {
        HalfLatitudes = ((3 * truncation + 2) / 2 + 1) / 2;
        Longitudes = FastLength(3 * truncation + 1);
        var rule = new GaussianQuadrature(2 * HalfLatitudes);
        SineOfLatitude = rule.Nodes[..HalfLatitudes];
        Weights = rule.Weights[..HalfLatitudes];
    }

    /// <summary>Latitudes of the northern hemisphere; the southern ones mirror them.</summary>
    internal int HalfLatitudes { get; }

    internal int Longitudes { get; }
    internal double[] SineOfLatitude { get; }
    internal double[] Weights { get; }

    /// <summary>All of it, from north to south and from 0° eastward.</summary>
    internal LatLonGrid ToGrid()
    {
        double[] north = [.. SineOfLatitude.Select(sine => double.RadiansToDegrees(Math.Asin(sine)))];
        return new LatLonGrid(
            [.. north, .. north.Reverse().Select(latitude => -latitude)],
            [.. Enumerable.Range(0, Longitudes).Select(i => i * 360.0 / Longitudes)]);
    }

    /// <summary>The next even number whose prime factors are 2, 3 and 5.</summary>
    internal static int FastLength(int atLeast)
    {
        var length = atLeast + atLeast % 2;
        while (!IsSmooth(length))
            length += 2;
        return length;
    }

    private static bool IsSmooth(int length)
    {
        foreach (var prime in (ReadOnlySpan<int>)[2, 3, 5])
        {
            while (length % prime == 0)
                length /= prime;
        }
        return length == 1;
    }
}
