namespace Cairn.Engine.Models.Harmonics;

/// <summary>Points and weights of an integral over the sine of latitude, and how the points' values follow from the input rows.</summary>
internal sealed record LatitudeQuadrature(double[] Colatitudes, double[] Weights)
{
    /// <summary>[point, row] for winds of odd zonal wavenumber; null when the rows are the points.</summary>
    internal double[]? OddInterpolation { get; init; }

    /// <summary>[point, row] for winds of even zonal wavenumber; null when the rows are the points.</summary>
    internal double[]? EvenInterpolation { get; init; }

    /// <summary>Turns factors at the points into factors at the input rows, for zonal wavenumber <paramref name="m"/>.</summary>
    internal void Fold(ReadOnlySpan<double> atPoints, int m, Span<double> atRows)
    {
        var interpolation = m % 2 == 1 ? OddInterpolation : EvenInterpolation;
        if (interpolation is null)
        {
            atPoints.CopyTo(atRows);
            return;
        }
        atRows.Clear();
        for (var g = 0; g < atPoints.Length; g++)
        {
            var line = interpolation.AsSpan(g * atRows.Length, atRows.Length);
            for (var j = 0; j < atRows.Length; j++)
            {
                atRows[j] += atPoints[g] * line[j];
            }
        }
    }
}
