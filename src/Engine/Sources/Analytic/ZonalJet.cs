using Cairn.Engine.Models.Harmonics;

namespace Cairn.Engine.Sources.Analytic;

/// <summary>A jet of the middle latitudes that is barotropically unstable: Galewsky, Scott and Polvani (2004), An initial-value problem for
/// testing numerical models of the global shallow-water equations, Tellus 56A, 429-440.</summary>
/// <remarks>u = (umax / e) exp(1 / ((φ - φ0) (φ - φ1))) between φ0 = π / 7 and φ1 = π / 2 - φ0, nothing elsewhere, with e = exp(-4 / (φ1 -
/// φ0)²), so that it blows at umax = 80 m/s in the middle; v = 0.</remarks>
internal sealed class ZonalJet
{
    internal const double MaximumWind = 80;
    internal const double SouthEdge = Math.PI / 7;
    internal const double NorthEdge = (Math.PI / 2) - SouthEdge;

    private const double MeanHeight = 10_000;
    private const double BumpHeight = 120;
    private const double BumpLatitude = Math.PI / 4;
    private const double BumpLength = 1.0 / 3;
    private const double BumpWidth = 1.0 / 15;

    /// <summary>The jet is as smooth as a function that ends can be, so that many points give its integrals to rounding.</summary>
    private static readonly GaussianQuadrature Rule = new(128);

    private readonly double _southernHeight;

    internal ZonalJet()
    {
        // The mean over the sphere of what the jet adds; south of it that is nothing, north of it all.
        var within = Integral(SouthEdge, NorthEdge, latitude => Rise(latitude) * Math.Cos(latitude));
        var north = Rise(NorthEdge) * (1 - Math.Sin(NorthEdge));
        _southernHeight = MeanHeight - ((within + north) / 2);
    }

    /// <summary>Eastward wind in m/s at a latitude in radians.</summary>
    internal static double EastwardWind(double latitude)
    {
        if (latitude is <= SouthEdge or >= NorthEdge)
            return 0;
        const double width = NorthEdge - SouthEdge;
        var scale = MaximumWind / Math.Exp(-4 / (width * width));
        return scale * Math.Exp(1 / ((latitude - SouthEdge) * (latitude - NorthEdge)));
    }

    /// <summary>Depth of the fluid in m whose pressure gradient holds the jet in balance: g h = g h0 - ∫ a u (f + u tan φ / a) dφ, with a
    /// global mean of 10 km.</summary>
    internal double Height(double latitude) => _southernHeight + Rise(latitude);

    /// <summary>The same with the paper's perturbation on top: 120 m cos φ exp(-(λ / α)²) exp(-((π / 4 - φ) / β)²), α = 1 / 3, β = 1 / 15,
    /// λ from -π to π.</summary>
    internal double PerturbedHeight(double latitude, double longitude)
    {
        var east = Math.IEEERemainder(longitude, 2 * Math.PI) / BumpLength;
        var north = (BumpLatitude - latitude) / BumpWidth;
        return Height(latitude) + (BumpHeight * Math.Cos(latitude) * Math.Exp(-east * east) * Math.Exp(-north * north));
    }

    private static double Rise(double latitude) => latitude <= SouthEdge
        ? 0
        : -Integral(SouthEdge, Math.Min(latitude, NorthEdge), at =>
        {
            var wind = EastwardWind(at);
            return wind * ((2 * Earth.Rotation * Math.Sin(at) * Earth.Radius) + (wind * Math.Tan(at)));
        }) / Earth.Gravity;

    private static double Integral(double from, double to, Func<double, double> of)
    {
        var (middle, half) = ((from + to) / 2, (to - from) / 2);
        return half * Rule.Nodes.Zip(Rule.Weights, (x, weight) => weight * of(middle + (half * x))).Sum();
    }
}
