using Cairn.Engine.Models.Barotropic;

namespace Cairn.Engine.Sources.Analytic;

/// <summary>
/// Air that turns with the planet's axis like a solid body, a steady state: test case 2 of Williamson et al. (1992), J. Comput. Phys. 102,
/// 211-224, along the equator.
/// </summary>
internal static class SolidBodyRotation
{
    /// <summary>Once around in twelve days, m/s at the equator.</summary>
    internal const double Speed = 2 * Math.PI * Earth.Radius / (12 * 86400);

    /// <summary>Eastward wind in m/s at a latitude in radians.</summary>
    internal static double EastwardWind(double latitude) => Speed * Math.Cos(latitude);
}
