using Cairn.Engine.Forcings;

namespace Cairn.Engine.Tests.Forcings;

/// <summary>Where the sun stands, against what almanacs say.</summary>
public sealed class SolarGeometryTests
{
    private static readonly LatLonGrid Everywhere = new([.. Enumerable.Range(0, 181).Select(i => 90.0 - i)], [0, 90, 180, 270]);

    [Theory]
    [InlineData("2000-06-21T12:00", 23.44)]
    [InlineData("2000-12-21T12:00", -23.44)]
    [InlineData("2000-03-20T12:00", 0)]
    [InlineData("2000-09-22T12:00", 0)]
    [InlineData("2013-02-04T12:00", -16.1)]
    public void The_sun_stands_highest_where_the_almanac_says(string time, double latitude)
    {
        var noon = SolarGeometry.Field(ForcingQuantity.CosZenith, Time(time), Everywhere);
        var highest = Enumerable.Range(0, 181).MaxBy(row => noon[row * 4]);

        Assert.InRange(Everywhere.Latitudes[highest] - latitude, -0.6, 0.6);
        Assert.InRange(noon[highest * 4], 0.998, 1);
        // It is midnight on the other side.
        Assert.InRange(noon[(highest * 4) + 2], -1, Math.Cos(Math.PI - (2 * latitude * Math.PI / 180)) + 0.03);
    }

    [Theory]
    [InlineData("2000-02-11T12:00", -14.2)]
    [InlineData("2000-05-14T12:00", 3.7)]
    [InlineData("2000-11-03T12:00", 16.4)]
    public void A_sundial_is_ahead_of_the_clock_by_as_many_minutes_as_the_almanac_says(string time, double minutes)
    {
        // The sun is highest over the longitude where a sundial shows noon.
        LatLonGrid equator = new([0], [.. Enumerable.Range(-100, 201).Select(i => i * 0.05)]);
        var noon = SolarGeometry.Field(ForcingQuantity.CosZenith, Time(time), equator);

        Assert.InRange((-4 * equator.Longitudes[noon.ToList().IndexOf(noon.Max())]) - minutes, -0.7, 0.7);
    }

    [Fact]
    public void The_power_of_sunlight_over_day_and_globe_is_a_quarter_of_the_solar_constant()
    {
        LatLonGrid fine = new([.. Enumerable.Range(0, 90).Select(i => 89.0 - (2 * i))], [.. Enumerable.Range(0, 180).Select(i => 2.0 * i)]);
        double[] weights = [.. fine.Latitudes.Select(latitude => Math.Cos(latitude * Math.PI / 180))];
        double Mean(string time) => SolarGeometry.Field(ForcingQuantity.Insolation, Time(time), fine)
            .Select((value, i) => value * weights[i / 180]).Sum() / (180 * weights.Sum());

        Assert.InRange(Mean("2001-04-04T00:00") / (SolarGeometry.Constant / 4), 0.998, 1.002);
        Assert.InRange(Mean("2001-01-04T00:00") / (SolarGeometry.Constant / 4), 1.03, 1.038);
        Assert.InRange(Mean("2001-07-04T00:00") / (SolarGeometry.Constant / 4), 0.962, 0.97);
    }

    [Fact]
    public void There_is_no_daylight_at_night_and_else_it_is_the_cosine()
    {
        var (cosine, daylight) = (
            SolarGeometry.Field(ForcingQuantity.CosZenith, Time("1990-01-16"), Everywhere),
            SolarGeometry.Field(ForcingQuantity.Daylight, Time("1990-01-16"), Everywhere));

        Assert.Contains(cosine, value => value < -0.5);
        Assert.Equal(cosine.Select(value => Math.Max(value, 0)), daylight);
    }

    [Theory]
    [InlineData(CfCalendar.Standard, "2000-07-02T00:00", Math.PI)]
    [InlineData(CfCalendar.NoLeap, "2000-07-02T12:00", Math.PI)]
    [InlineData(CfCalendar.Days360, "2000-04-01", Math.PI / 2)]
    [InlineData(CfCalendar.Standard, "2001-01-01", 0)]
    public void The_year_is_that_of_the_calendar(CfCalendar calendar, string time, double angle)
    {
        var at = CfTime.Parse(time, calendar, out _);

        Assert.Equal(Math.Sin(angle), SolarGeometry.Field(ForcingQuantity.SinYear, at, Everywhere)[17], 12);
        Assert.Equal(Math.Cos(angle), SolarGeometry.Field(ForcingQuantity.CosYear, at, Everywhere)[17], 12);
    }

    [Fact]
    public void The_time_of_day_is_that_of_the_longitude()
    {
        var sine = SolarGeometry.Field(ForcingQuantity.SinDay, Time("1990-01-16T06:00"), Everywhere);
        var cosine = SolarGeometry.Field(ForcingQuantity.CosDay, Time("1990-01-16T06:00"), Everywhere);

        Assert.Equal([1, 0, -1, 0], sine[..4].Select(value => Math.Round(value, 12)));
        Assert.Equal([0, -1, 0, 1], cosine[..4].Select(value => Math.Round(value, 12)));
    }

    private static CfTime Time(string text) => CfTime.Parse(text, CfCalendar.Standard, out _);
}
