namespace Cairn.Engine.Tests.Mesh.Processes;

/// <summary>The snowpack's balance, by hand.</summary>
public sealed class SnowPackTests
{
    private const double DegreeDay = 3, Negative = 0.5, Capacity = 0.05;

    [Fact]
    public void Snow_brings_the_cold_of_the_air()
    {
        var snow = new Pack().After(-5, snow: 10);

        // 10 mm x 2100 J/(kg K) x 5 K, already at the temperature of the air.
        Assert.Equal((10, 0, 105_000), (snow["swe"], snow["liquid_water"], snow["cold_content"]));
        Assert.Equal((10, 0), (snow["precipitation"], snow["runoff"]));
    }

    [Fact]
    public void Heat_first_uses_up_the_cold_content_and_then_melts()
    {
        var snow = new Pack().After(-5, snow: 10).After(4);
        // 3 mm/(day K) x 4 K x 334,000 J/kg / 48 = 83,500 J.
        Assert.Equal((10, 0, 21_500), (snow["swe"], snow["liquid_water"], Math.Round(snow["cold_content"], 6)));

        snow.After(4);

        Assert.Equal(62_000 / 334_000.0, snow["liquid_water"], 1e-12);
        Assert.Equal((10, 0), (snow["swe"], snow["cold_content"]));
        Assert.Equal(0, snow["runoff"]);
    }

    [Fact]
    public void What_ice_cannot_hold_runs_off()
    {
        var snow = new Pack().After(0, snow: 10);
        for (var i = 0; i < 4; i++)
            snow.After(4);
        // Each step melts 0.25 mm: 1 mm, of which 9 mm of ice hold 0.45.
        Assert.Equal(0.45, snow["liquid_water"], 1e-12);
        Assert.Equal(0.55, snow["runoff"], 1e-12);
        Assert.Equal(9.45, snow["swe"], 1e-12);
    }

    [Fact]
    public void Cold_refreezes_liquid_water_and_gives_its_heat_away()
    {
        var snow = new Pack().After(0, snow: 10).After(4).After(-2);

        // 0.5 mm/(day K) / 48 cools 9.75 mm of ice towards -2 °C: a share of 3479.17 / (2100 x 9.75), 0.16992, of 40,950 J is 6,958.3 J,
        // which freeze 0.020833 mm.
        Assert.Equal(0.25 - (6958.333333333333 / 334_000), snow["liquid_water"], 1e-12);
        Assert.Equal(0, snow["cold_content"], 1e-9);
        Assert.Equal(10, snow["swe"], 1e-12);
    }

    [Fact]
    public void Snow_never_gets_colder_than_the_air()
    {
        var snow = new Pack().After(0, snow: 0.5);
        for (var i = 0; i < 200; i++)
            snow.After(-10);
        Assert.Equal(2100 * 0.5 * 10, snow["cold_content"], 1e-6);
    }

    [Fact]
    public void Rain_on_bare_ground_and_a_pack_that_melts_away_leave_nothing()
    {
        var snow = new Pack().After(2, rain: 3);
        Assert.Equal((0, 3), (snow["swe"], snow["runoff"]));

        snow.After(0, snow: 0.1).After(8);

        Assert.Equal((0, 0, 0), (snow["swe"], snow["liquid_water"], snow["cold_content"]));
        Assert.Equal(3.1, snow["runoff"], 1e-12);
        Assert.Equal(snow["precipitation"], snow["runoff"], 1e-12);
    }

    /// <summary>A pack on one triangle under weather of a test's own.</summary>
    private sealed class Pack
    {
        private readonly Given _weather = new();
        private readonly ModuleChain _chain;

        public Pack() => _chain = Meshes.Chain(
            Meshes.Of([0, 0, 0, 9, 0, 0, 0, 9, 0], [0, 1, 2]), Meshes.Steady(0), _weather, new SnowPack(DegreeDay, Negative, Capacity));

        public double this[string variable] => _chain.Variable(variable)[0];

        public Pack After(double t, double snow = 0, double rain = 0)
        {
            _weather.Values = [t, rain, snow];
            _chain.Step(Meshes.Start);
            return this;
        }
    }

    private sealed class Given() : MeshModule("given", ModuleParallelism.Data)
    {
        private int[] _variables = [];

        public double[] Values { get; set; } = [0, 0, 0];
        public override IReadOnlyList<string> Provides => ["t", "p_rain", "p_snow"];

        public override void Run(in MeshStep step)
        {
            for (var i = 0; i < 3; i++)
                step.Of(_variables[i]).Fill(Values[i]);
        }

        protected override void Begin(ModuleSetup setup) => _variables = [.. Provides.Select(setup.Variable)];
    }
}
