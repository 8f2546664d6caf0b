namespace Cairn.Engine.Sources.Analytic;

/// <summary>Air that turns with the planet's axis like a solid body, a steady state: test case 2 of Williamson et al. (1992), J. Comput.
/// Phys. 102, 211-224. The axis may be tilted against that of the coordinates, towards 180° east; then the flow crosses the
/// poles.</summary>
/// <param name="tilt">α, radians.</param>
internal sealed class SolidBodyRotation(double tilt = 0)
{
    /// <summary>Once around in twelve days, m/s at the equator.</summary>
    internal const double Speed = 2 * Math.PI * Earth.Radius / (12 * 86400);

    /// <summary>g h0, at the equator of the rotation, m²/s².</summary>
    private const double EquatorialGeopotential = 2.94e4;

    private readonly double _sin = Math.Sin(tilt);
    private readonly double _cos = Math.Cos(tilt);

    /// <summary>Eastward wind in m/s, at a place in radians.</summary>
    internal double EastwardWind(double latitude, double longitude) =>
        Speed * ((Math.Cos(latitude) * _cos) + (Math.Cos(longitude) * Math.Sin(latitude) * _sin));

    /// <summary>Northward wind in m/s, at a place in radians.</summary>
    internal double NorthwardWind(double longitude) => -Speed * Math.Sin(longitude) * _sin;

    /// <summary>Height in m of the surface that holds the flow in balance: g h = g h0 - (a Ω u0 + u0² / 2) sin²φ', φ' about its own
    /// axis.</summary>
    internal double Height(double latitude, double longitude)
    {
        var sine = (Math.Sin(latitude) * _cos) - (Math.Cos(longitude) * Math.Cos(latitude) * _sin);
        return (EquatorialGeopotential - (((Earth.Radius * Earth.Rotation * Speed) + (Speed * Speed / 2)) * sine * sine)) / Earth.Gravity;
    }
}
