namespace Cairn.Engine.Models.Harmonics;

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
        {
            return null;
        }
        var rule = new GaussianQuadrature(latitudes.Count);
        double[] colatitudes = [.. rule.Nodes.Select(Math.Acos)];
        if (latitudes[0] < latitudes[^1])
        {
            Array.Reverse(colatitudes);
        }
        var close = latitudes.Zip(colatitudes).All(p => Math.Abs(90 - double.RadiansToDegrees(p.Second) - p.First) <= Tolerance);
        return close ? new GaussianLatitudes(colatitudes, rule.Weights) : null;
    }

    internal override LatitudeQuadrature Quadrature(int truncation) => new(Colatitudes, _weights);
}
