namespace Cairn.Engine.Models.Harmonics;

/// <summary>How winds on the rows of an input grid are integrated over latitude.</summary>
internal abstract class LatitudeRule
{
    /// <summary>Colatitudes of the input rows in radians, in the input's order; rounding of the input's latitudes is removed.</summary>
    internal abstract double[] Colatitudes { get; }

    /// <summary>The largest truncation that the rows can tell apart.</summary>
    internal abstract int LargestTruncation { get; }

    /// <summary>What the rows are, for messages.</summary>
    internal abstract string Name { get; }

    /// <summary>Integration over latitude of winds on these rows against functions up to <paramref name="truncation"/> + 1.</summary>
    internal abstract LatitudeQuadrature Quadrature(int truncation);

    internal static LatitudeRule For(IReadOnlyList<double> latitudes) =>
        EquallySpacedLatitudes.TryCreate(latitudes)
        ?? GaussianLatitudes.TryCreate(latitudes)
        ?? throw new SpecException($"The input grid's {latitudes.Count} latitudes ({Ends(latitudes)}) are neither equally spaced "
            + "from pole to pole nor Gaussian; a spectral model needs one of these. Regrid the winds, for instance to 73 x 144.");

    private static string Ends(IReadOnlyList<double> values) => values.Count switch
    {
        0 => "none",
        1 => FormattableString.Invariant($"{values[0]}"),
        _ => FormattableString.Invariant($"{values[0]}, {values[1]}, … {values[^1]}"),
    };
}

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
                atRows[j] += atPoints[g] * line[j];
        }
    }
}

/// <summary>Rows at the nodes of Gauss-Legendre quadrature, in either order: the rows are their own quadrature.</summary>
internal sealed class GaussianLatitudes : LatitudeRule
{
    /// <summary>Degrees; files give Gaussian latitudes with three decimals or more.</summary>
    private const double Tolerance = 1e-3;

    private readonly double[] _weights;

    private GaussianLatitudes(double[] colatitudes, double[] weights)
    {
        Colatitudes = colatitudes;
        _weights = weights;
    }

    internal override double[] Colatitudes { get; }
    internal override int LargestTruncation => Colatitudes.Length - 1;
    internal override string Name => "Gaussian latitudes";

    internal static LatitudeRule? TryCreate(IReadOnlyList<double> latitudes)
    {
        if (latitudes.Count < 2)
            return null;
        var rule = new GaussianQuadrature(latitudes.Count);
        double[] colatitudes = [.. rule.Nodes.Select(Math.Acos)];
        if (latitudes[0] < latitudes[^1])
            Array.Reverse(colatitudes);
        var close = latitudes.Zip(colatitudes).All(p => Math.Abs(90 - double.RadiansToDegrees(p.Second) - p.First) <= Tolerance);
        return close ? new GaussianLatitudes(colatitudes, rule.Weights) : null;
    }

    internal override LatitudeQuadrature Quadrature(int truncation) => new(Colatitudes, _weights);
}

/// <summary>Gauss-Legendre quadrature over -1 … 1: exact for polynomials of degree 2·count - 1.</summary>
internal sealed class GaussianQuadrature
{
    /// <summary>Newton's method from Tricomi's estimate converges in three or four rounds; ten is a bound, not an expectation.</summary>
    private const int Rounds = 10;

    internal GaussianQuadrature(int count)
    {
        Nodes = new double[count];
        Weights = new double[count];
        for (var i = 0; i <= (count - 1) / 2; i++)
        {
            var x = i * 2 + 1 == count ? 0 : Root(count, i);
            var slope = Polynomial(count, x).Slope;
            Nodes[i] = x;
            Nodes[count - 1 - i] = -x;
            Weights[i] = Weights[count - 1 - i] = 2 / ((1 - x * x) * slope * slope);
        }
    }

    /// <summary>From the largest (north) to the smallest.</summary>
    internal double[] Nodes { get; }

    internal double[] Weights { get; }

    private static double Root(int count, int i)
    {
        var n = (double)count;
        var x = (1 - (n - 1) / (8 * n * n * n)) * Math.Cos(Math.PI * (4 * i + 3) / (4 * n + 2));
        for (var round = 0; round < Rounds; round++)
        {
            var (value, slope) = Polynomial(count, x);
            var change = value / slope;
            x -= change;
            if (Math.Abs(change) < 1e-16)
                break;
        }
        return x;
    }

    private static (double Value, double Slope) Polynomial(int count, double x)
    {
        double previous = 1, value = x;
        for (var n = 2; n <= count; n++)
            (previous, value) = (value, ((2 * n - 1) * x * value - (n - 1) * previous) / n);
        return (value, count * (x * value - previous) / (x * x - 1));
    }
}
