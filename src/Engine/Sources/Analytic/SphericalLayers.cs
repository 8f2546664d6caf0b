using Cairn.Engine.Models.Barotropic;

namespace Cairn.Engine.Sources.Analytic;

/// <summary>The states that the spherical shallow-water model can begin from by itself: u, v (m/s) and h (m) by formula.</summary>
internal static class SphericalLayers
{
    private const string RossbyHaurwitz = "rossby-haurwitz";
    private const string SolidBody = "solid-body";
    private const string ZonalJet = "zonal-jet";

    /// <summary>Test cases 6 and 2 of Williamson et al. (1992), the latter about the model's own axis of rotation, and the perturbed jet of
    /// Galewsky, Scott and Polvani (2004).</summary>
    internal static IReadOnlyList<string> Names { get; } = [RossbyHaurwitz, SolidBody, ZonalJet];

    /// <summary>The fields of a case, <c>[3, latitude, longitude]</c>.</summary>
    internal static double[] Make(string name, LatLonGrid grid, double tilt)
    {
        if (tilt != 0 && name != SolidBody)
            throw new SpecException(FormattableString.Invariant($"The case {name} turns about the axis of the coordinates, and model.tilt ")
                + FormattableString.Invariant($"is {tilt}; expected 0, or the case {SolidBody}, which follows the planet's axis."));
        var (u, v, h) = Flow(name, double.DegreesToRadians(tilt));
        return [.. On(grid, u), .. On(grid, v), .. On(grid, h)];
    }

    /// <summary>Values on a grid of a function of latitude and longitude in radians.</summary>
    internal static IEnumerable<double> On(LatLonGrid grid, Func<double, double, double> value) =>
        from latitude in grid.Latitudes
        from longitude in grid.Longitudes
        select value(double.DegreesToRadians(latitude), double.DegreesToRadians(longitude));

    private static (Func<double, double, double> U, Func<double, double, double> V, Func<double, double, double> H) Flow(
        string name, double tilt)
    {
        switch (name)
        {
            case RossbyHaurwitz:
                var wave = new RossbyHaurwitz();
                return (wave.EastwardWind, wave.NorthwardWind, (latitude, longitude) => wave.Height(latitude, longitude));
            case SolidBody:
                var body = new SolidBodyRotation(tilt);
                return (body.EastwardWind, (_, longitude) => body.NorthwardWind(longitude), body.Height);
            case ZonalJet:
                var jet = new ZonalJet();
                return ((latitude, _) => Analytic.ZonalJet.EastwardWind(latitude), (_, _) => 0, jet.PerturbedHeight);
            default:
                throw new SpecException(
                    $"The spherical-shallow-water model has no case '{name}'; expected one of {string.Join(", ", Names)}.");
        }
    }
}
