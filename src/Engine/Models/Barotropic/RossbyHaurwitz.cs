namespace Cairn.Engine.Models.Barotropic;

/// <summary>The Rossby-Haurwitz wave: an exact solution of the barotropic vorticity equation, which turns about the axis without changing
/// shape (Haurwitz 1940, J. Mar. Res. 3, 254-267). The defaults are test case 6 of Williamson et al. (1992), J. Comput. Phys. 102,
/// 211-224.</summary>
/// <param name="Wavenumber">R, the zonal wavenumber.</param>
/// <param name="ZonalRate">ω, rate of the zonal flow about the axis, 1/s.</param>
/// <param name="WaveRate">K, amplitude of the wave, 1/s.</param>
/// <remarks>ψ = -a² ω sin φ + a² K cos^R φ sin φ cos Rλ.</remarks>
public sealed record RossbyHaurwitz(int Wavenumber = 4, double ZonalRate = 7.848e-6, double WaveRate = 7.848e-6)
{
    /// <summary>ν = [R (3 + R) ω - 2 Ω] / [(1 + R) (2 + R)], radians per second, eastward.</summary>
    public double AngularPhaseSpeed =>
        (Wavenumber * (3 + Wavenumber) * ZonalRate - 2 * Earth.Rotation) / ((1.0 + Wavenumber) * (2 + Wavenumber));

    /// <summary>Eastward wind in m/s at a place in radians.</summary>
    public double EastwardWind(double latitude, double longitude)
    {
        var (sin, cos) = Math.SinCos(latitude);
        var wave = Math.Pow(cos, Wavenumber - 1) * (Wavenumber * sin * sin - cos * cos) * Math.Cos(Wavenumber * longitude);
        return Earth.Radius * (ZonalRate * cos + WaveRate * wave);
    }

    /// <summary>Northward wind in m/s at a place in radians.</summary>
    public double NorthwardWind(double latitude, double longitude)
    {
        var (sin, cos) = Math.SinCos(latitude);
        return -Earth.Radius * WaveRate * Wavenumber * Math.Pow(cos, Wavenumber - 1) * sin * Math.Sin(Wavenumber * longitude);
    }

    /// <summary>Height in m, at a place in radians, of the surface that holds the flow in balance: eq. 146 of Williamson et al.
    /// (1992).</summary>
    /// <param name="latitude">Radians.</param>
    /// <param name="longitude">Radians.</param>
    /// <param name="polar">Height at the poles, m.</param>
    public double Height(double latitude, double longitude, double polar = 8000)
    {
        var r = Wavenumber;
        var cos = Math.Cos(latitude);
        var squared = cos * cos;
        var power = Math.Pow(cos, 2 * r - 2) * WaveRate * WaveRate / 4;
        var zonal = ZonalRate / 2 * (2 * Earth.Rotation + ZonalRate) * squared
            + power * (((r + 1) * squared + (2.0 * r * r - r - 2)) * squared - 2.0 * r * r);
        var wave = 2 * (Earth.Rotation + ZonalRate) * WaveRate / ((r + 1.0) * (r + 2)) * Math.Pow(cos, r)
            * (r * r + 2 * r + 2 - (r + 1.0) * (r + 1) * squared);
        var twice = power * squared * ((r + 1) * squared - (r + 2));
        var sum = zonal + wave * Math.Cos(r * longitude) + twice * Math.Cos(2 * r * longitude);
        return polar + Earth.Radius * Earth.Radius * sum / Earth.Gravity;
    }

    /// <summary>Winds on a grid, [2 (u, v), latitude, longitude] in C order, m/s.</summary>
    public double[] Winds(LatLonGrid grid) => [.. On(grid, EastwardWind), .. On(grid, NorthwardWind)];

    private static IEnumerable<double> On(LatLonGrid grid, Func<double, double, double> value) =>
        from latitude in grid.Latitudes
        from longitude in grid.Longitudes
        select value(double.DegreesToRadians(latitude), double.DegreesToRadians(longitude));
}
