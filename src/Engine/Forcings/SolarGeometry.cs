namespace Cairn.Engine.Forcings;

/// <summary>Where the sun stands: declination, equation of time and distance by the Fourier series of J. W. Spencer (1971), Search 2(5),
/// 172, in the part of the calendar's own year that has passed. The declination is right to 0.0006 rad, the equation of time to 0.0025
/// rad.</summary>
internal static class SolarGeometry
{
    /// <summary>The solar constant in W/m²: Kopp and Lean (2011), Geophys. Res. Lett. 38, L01706.</summary>
    internal const double Constant = 1361;

    /// <summary>A quantity on a grid, <c>[latitude, longitude]</c> in C order.</summary>
    internal static double[] Field(ForcingQuantity quantity, CfTime time, LatLonGrid grid)
    {
        var year = 2 * Math.PI * PartOfYear(time);
        var day = 2 * Math.PI * time.TimeOfDay.TotalDays;
        return quantity switch
        {
            ForcingQuantity.SinYear => On(grid, (_, _) => Math.Sin(year)),
            ForcingQuantity.CosYear => On(grid, (_, _) => Math.Cos(year)),
            ForcingQuantity.SinDay => ByLongitude(grid, longitude => Math.Sin(day + longitude)),
            ForcingQuantity.CosDay => ByLongitude(grid, longitude => Math.Cos(day + longitude)),
            ForcingQuantity.Daylight => CosZenith(year, day, grid, cosine => Math.Max(cosine, 0)),
            ForcingQuantity.Insolation => CosZenith(year, day, grid, cosine => Constant * Nearness(year) * Math.Max(cosine, 0)),
            _ => CosZenith(year, day, grid, cosine => cosine),
        };
    }

    /// <summary>The part of its year that has passed, from 0 to below 1.</summary>
    internal static double PartOfYear(CfTime time)
    {
        var (start, next) = (NewYear(time, 0), NewYear(time, 1));
        return (time.SecondsSince1970 - start) / (next - start);
    }

    /// <summary>The sun's declination in radians.</summary>
    private static double Declination(double year) =>
        0.006918 - (0.399912 * Math.Cos(year)) + (0.070257 * Math.Sin(year)) - (0.006758 * Math.Cos(2 * year))
        + (0.000907 * Math.Sin(2 * year)) - (0.002697 * Math.Cos(3 * year)) + (0.00148 * Math.Sin(3 * year));

    /// <summary>How far a sundial is ahead of mean solar time, in radians of the hour angle.</summary>
    private static double EquationOfTime(double year) =>
        0.000075 + (0.001868 * Math.Cos(year)) - (0.032077 * Math.Sin(year)) - (0.014615 * Math.Cos(2 * year))
        - (0.040849 * Math.Sin(2 * year));

    /// <summary>The square of the mean distance over the distance.</summary>
    private static double Nearness(double year) =>
        1.00011 + (0.034221 * Math.Cos(year)) + (0.00128 * Math.Sin(year)) + (0.000719 * Math.Cos(2 * year))
        + (0.000077 * Math.Sin(2 * year));

    private static double[] CosZenith(double year, double day, LatLonGrid grid, Func<double, double> of)
    {
        var declination = Declination(year);
        var noon = day + EquationOfTime(year) - Math.PI;
        double[] hours = [.. grid.Longitudes.Select(longitude => Math.Cos(noon + Radians(longitude)))];
        (double Level, double Swing)[] rows = [.. grid.Latitudes.Select(latitude => (
            Math.Sin(Radians(latitude)) * Math.Sin(declination), Math.Cos(Radians(latitude)) * Math.Cos(declination)))];
        return On(grid, (row, column) => of(rows[row].Level + (rows[row].Swing * hours[column])));
    }

    private static double[] ByLongitude(LatLonGrid grid, Func<double, double> of)
    {
        double[] columns = [.. grid.Longitudes.Select(longitude => of(Radians(longitude)))];
        return On(grid, (_, column) => columns[column]);
    }

    private static double[] On(LatLonGrid grid, Func<int, int, double> of)
    {
        var columns = grid.Longitudes.Count;
        var field = new double[grid.Latitudes.Count * columns];
        for (var i = 0; i < field.Length; i++)
            field[i] = of(i / columns, i % columns);
        return field;
    }

    private static double NewYear(CfTime time, int later) =>
        CfTime.Parse(FormattableString.Invariant($"{time.Year + later:0000}-01-01"), time.Calendar, out _).SecondsSince1970;

    private static double Radians(double degrees) => degrees * Math.PI / 180;
}
