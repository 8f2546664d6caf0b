namespace Cairn.Engine.Tests.Mesh.Processes;

/// <summary>Temperature, humidity, phase and wind against values worked out by hand from their sources.</summary>
public sealed class WeatherModuleTests
{
    /// <summary>A level square at 2,000 m.</summary>
    private static TriangleMesh Level => Meshes.Of([0, 0, 2000, 9, 0, 2000, 9, 9, 2000, 0, 9, 2000], [0, 1, 2], [0, 2, 3]);

    [Theory]
    [InlineData(1, -14.4)]
    [InlineData(6, -18.2)]
    public void Air_is_colder_above_the_station_by_the_rate_of_the_month(int month, double expected)
    {
        var start = new DateTime(2001, month, 5, 0, 0, 0, DateTimeKind.Utc);
        var chain = Meshes.Chain(Level, Meshes.Steady(-10, start: start), new AirTemperature(1000, null));
        chain.Step(start);

        Assert.Equal(expected, chain.Variable("t")[0], 1e-12);
    }

    [Fact]
    public void Air_is_colder_by_the_rate_that_is_given()
    {
        var chain = Meshes.Chain(Level, Meshes.Steady(-10), new AirTemperature(1500, 6.5));
        chain.Step(Meshes.Start);

        Assert.Equal(-13.25, chain.Variable("t")[1], 1e-12);
    }

    [Fact]
    public void Humidity_follows_the_dew_point_upward()
    {
        // Dew point at 0 °C and 50 %: 240.97 ln(0.5) / (17.502 - ln(0.5)) = -9.17979 °C; a kilometre higher in January
        // 0.41 x 240.97 / 17.502 = 5.64494 K lower. At -4.4 °C there: 100 exp(17.502 (-14.82473 / 226.14527 + 4.4 / 236.57)) = 43.96378 %.
        var chain = Meshes.Chain(Level, Meshes.Steady(0, 50), new AirTemperature(1000, null), new RelativeHumidity(1000));
        chain.Step(Meshes.Start);

        Assert.Equal(43.963778687998676, chain.Variable("rh")[0], 1e-10);
    }

    [Fact]
    public void Humidity_at_the_station_s_elevation_is_the_station_s_and_never_above_100()
    {
        var same = Meshes.Chain(Level, Meshes.Steady(3, 71), new AirTemperature(2000, null), new RelativeHumidity(2000));
        same.Step(Meshes.Start);
        var above = Meshes.Chain(Level, Meshes.Steady(3, 99), new AirTemperature(0, 20), new RelativeHumidity(0));
        above.Step(Meshes.Start);

        Assert.Equal(71, same.Variable("rh")[0], 1e-12);
        Assert.Equal(100, above.Variable("rh")[0]);
    }

    [Theory]
    [InlineData(0, 100, 0)]
    [InlineData(1, 50, -2.3016304886633083)]
    [InlineData(-10, 80, -10.784671819726592)]
    [InlineData(3, 70, 0.8696939439922797)]
    public void A_hydrometeor_s_temperature_balances_heat_and_vapour(double t, double rh, double expected)
    {
        // Expected values by bisection of the same balance.
        Assert.Equal(expected, PrecipitationPhase.HydrometeorTemperature(t, rh), 1e-9);
    }

    [Fact]
    public void Precipitation_is_parted_by_that_temperature()
    {
        // At 3 °C and 70 %: 1 / (1 + 2.630006 x 0.09336^0.86969) = 0.74938.
        var chain = Meshes.Chain(Level, Meshes.Steady(3, 70, p: 2),
            new AirTemperature(2000, null), new RelativeHumidity(2000), new PrecipitationPhase());
        chain.Step(Meshes.Start);

        Assert.Equal(0.7493807638428093, chain.Variable("frac_precip_rain")[0], 1e-9);
        Assert.Equal(2 * 0.7493807638428093, chain.Variable("p_rain")[0], 1e-9);
        Assert.Equal(2, chain.Variable("p_rain")[0] + chain.Variable("p_snow")[0], 1e-15);
    }

    [Fact]
    public void Wind_is_that_of_the_station_on_level_ground_and_faster_on_a_slope_that_faces_it()
    {
        var level = Meshes.Chain(Level, Meshes.Steady(0, u: 8, direction: 77), new TerrainWind());
        level.Step(Meshes.Start);
        // Both fall to the south, the lower one most steeply: 0.5 x 0.5 faster where wind comes from there. Beside one that is higher it
        // lies in a hollow: 0.5 x 0.5 slower.
        var slope = Meshes.Of([0, 0, 10, 2, 0, 10, 0, 2, 12, 1, -4, 0], [0, 1, 2], [0, 1, 3]);
        var lower = Array.IndexOf(MeshOrder.Of(slope), 1);
        double Speed(double direction)
        {
            var chain = Meshes.Chain(slope, Meshes.Steady(0, u: 8, direction: direction), new TerrainWind());
            chain.Step(Meshes.Start);
            return chain.Variable("u")[lower];
        }

        Assert.Equal(8, level.Variable("u")[0]);
        Assert.Equal(8 * (0.75 + 0.25), Speed(180), 1e-12);
        Assert.Equal(8 * (0.75 - 0.25), Speed(0), 1e-12);
        Assert.Equal(8 * 0.75, Speed(90), 1e-12);
    }

    [Fact]
    public void A_triangle_alone_has_the_station_s_wind()
    {
        var chain = Meshes.Chain(
            Meshes.Of([0, 0, 10, 2, 0, 10, 0, 2, 12], [0, 1, 2]), Meshes.Steady(0, u: 8, direction: 180), new TerrainWind());
        chain.Step(Meshes.Start);

        Assert.Equal(8, chain.Variable("u")[0]);
    }

    [Fact]
    public void Wind_is_faster_on_a_ridge_than_in_the_hollow_beside_it()
    {
        // Two triangles that share an edge; the mean elevations are 4 m and 2 m, and the slopes face away from each other's wind.
        var mesh = Meshes.Of([0, 0, 0, 9, 0, 6, 9, 9, 6, 0, 9, 0], [0, 1, 2], [0, 2, 3]);
        var chain = Meshes.Chain(mesh, Meshes.Steady(0, u: 8, direction: 0), new TerrainWind());
        chain.Step(Meshes.Start);

        // Both slopes fall westward, across a north wind: what is left is curvature, scaled to +-0.5.
        var high = Array.IndexOf(MeshOrder.Of(mesh), 0);
        Assert.Equal(8 * 1.25, chain.Variable("u")[high], 1e-12);
        Assert.Equal(8 * 0.75, chain.Variable("u")[1 - high], 1e-12);
    }
}
