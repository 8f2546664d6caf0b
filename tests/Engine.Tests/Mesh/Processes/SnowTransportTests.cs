namespace Cairn.Engine.Tests.Mesh.Processes;

/// <summary>Snow that slides or drifts: where it goes, how much, and that none is lost.</summary>
public sealed class SnowTransportTests
{
    [Fact]
    public void Snow_beyond_what_a_slope_of_45_degrees_holds_slides_to_the_lower_neighbour()
    {
        // Upper triangle of 2 m2 at 45°, lower one of 4 m2; it holds 3178.4 x 45^-1.998 m x 300 kg/m3 / cos(45°) = 671.0 mm.
        var mesh = Meshes.Of([0, 0, 10, 2, 0, 10, 0, 2, 12, 1, -4, 0], [0, 1, 2], [0, 1, 3]);
        var chain = Meshes.Chain(mesh, Meshes.Steady(0), new Snow(800, 8e5), new SnowSlide(300, 1));
        chain.Step(Meshes.Start);

        var holds = 300 * 1.5815755756426282 / Math.Cos(Math.PI / 4);
        Assert.Equal(holds, Swe(chain, mesh, 0), 1e-9);
        Assert.Equal(800 + ((800 - holds) / 2), Swe(chain, mesh, 1), 1e-9);
        Assert.Equal(8e5 * (1 + ((800 - holds) / 800 / 2)), chain.Variable("cold_content")[Place(mesh, 1)], 1e-6);
        Assert.Equal((800 - holds) / 2, chain.Variable("slid_snow")[Place(mesh, 1)], 1e-9);
    }

    [Fact]
    public void A_triangle_without_a_lower_neighbour_keeps_its_snow()
    {
        var mesh = Meshes.Of([0, 0, 10, 2, 0, 10, 0, 2, 12], [0, 1, 2]);
        var chain = Meshes.Chain(mesh, Meshes.Steady(0), new Snow(5000, 0), new SnowSlide(300, 3));
        chain.Step(Meshes.Start);

        Assert.Equal(5000, chain.Variable("swe")[0]);
    }

    [Theory]
    [InlineData(10, -20, 0.006228198856548096)]
    [InlineData(7.15, -20, 0)]
    [InlineData(0, -20, 0)]
    public void Saltation_is_that_of_the_formula_above_its_threshold(double u, double t, double expected)
    {
        // At -20 °C the threshold is 9.43 - 3.6 + 1.32 = 7.15 m/s.
        Assert.Equal(expected, SnowDrift.Saltation(u, t), 1e-15);
    }

    [Fact]
    public void Wind_carries_snow_through_the_edge_that_lies_across_it()
    {
        // A square of 100 m cut along its diagonal; west wind, 10 m/s at -20 °C. The western triangle gives through the diagonal, which is
        // 100 m long across the wind, for 1800 s: 0.0062282 x 100 x 1800 / 5000 m2 = 0.22422 mm.
        var mesh = Meshes.Of([0, 0, 0, 100, 0, 0, 100, 100, 0, 0, 100, 0], [0, 1, 2], [0, 2, 3]);
        var chain = Meshes.Chain(mesh, Meshes.Steady(-20, u: 10, direction: 270),
            new Snow(50, 5e5), new AirTemperature(0, null), new TerrainWind(), new SnowDrift());
        chain.Step(Meshes.Start);

        const double moved = 0.006228198856548096 * 100 * 1800 / 5000;
        Assert.Equal(50 - moved, Swe(chain, mesh, 1), 1e-12);
        Assert.Equal(50 + moved, Swe(chain, mesh, 0), 1e-12);
        Assert.Equal(5e5 * (1 - (moved / 50)), chain.Variable("cold_content")[Place(mesh, 1)], 1e-7);
        Assert.Equal(-moved, chain.Variable("drifted_snow")[Place(mesh, 1)], 1e-12);
    }

    [Fact]
    public void Wet_snow_stays_and_no_more_goes_than_lies_there()
    {
        var mesh = Meshes.Of([0, 0, 0, 100, 0, 0, 100, 100, 0, 0, 100, 0], [0, 1, 2], [0, 2, 3]);
        ModuleChain Chain(double swe, double liquid) => Meshes.Chain(mesh, Meshes.Steady(-20, u: 10, direction: 270),
            new Snow(swe, 0, liquid), new AirTemperature(0, null), new TerrainWind(), new SnowDrift());
        var (wet, thin) = (Chain(50, 1), Chain(0.1, 0));
        wet.Step(Meshes.Start);
        thin.Step(Meshes.Start);

        Assert.Equal(50, Swe(wet, mesh, 1));
        Assert.Equal((0, 0.2), (Swe(thin, mesh, 1), Swe(thin, mesh, 0)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void No_snow_is_lost_on_rough_ground(int seed)
    {
        var mesh = Meshes.Random(new Random(seed), 9, 7);
        var chain = Meshes.Chain(mesh, Meshes.Steady(-15, u: 12, direction: 40 * seed), new Snow(700, 1e6), new AirTemperature(100, null),
            new TerrainWind(), new SnowSlide(300, 3), new SnowDrift());
        chain.Step(Meshes.Start);
        var order = MeshOrder.Of(mesh);
        double Total(string variable) => chain.Variable(variable).ToArray().Zip(order).Sum(v => v.First * mesh.Shapes.Area[v.Second]);

        var area = mesh.Shapes.Area.Sum();
        Assert.Equal(700 * area, Total("swe"), 700 * area * 1e-14);
        Assert.Equal(1e6 * area, Total("cold_content"), 1e6 * area * 1e-14);
        Assert.Equal(0, Total("drifted_snow") + Total("slid_snow"), 700 * area * 1e-14);
        Assert.Contains(chain.Variable("drifted_snow").ToArray(), value => value > 0);
        Assert.Contains(chain.Variable("slid_snow").ToArray(), value => value > 0);
        Assert.All(chain.Variable("swe").ToArray(), swe => Assert.True(swe >= 0, $"seed {seed}: {swe} mm"));
    }

    private static double Swe(ModuleChain chain, TriangleMesh mesh, int id) => chain.Variable("swe")[Place(mesh, id)];
    private static int Place(TriangleMesh mesh, int id) => Array.IndexOf(MeshOrder.Of(mesh), id);

    /// <summary>As much snow everywhere, at the beginning of a step.</summary>
    private sealed class Snow(double swe, double cold, double liquid = 0) : MeshModule("snow", ModuleParallelism.Data)
    {
        private int _swe, _liquid, _cold;

        public override IReadOnlyList<string> Provides => ["swe", "liquid_water", "cold_content"];

        public override void Run(in MeshStep step)
        {
            step.Of(_swe).Fill(swe);
            step.Of(_liquid).Fill(liquid);
            step.Of(_cold).Fill(cold);
        }

        protected override void Begin(ModuleSetup setup) =>
            (_swe, _liquid, _cold) = (setup.Variable("swe"), setup.Variable("liquid_water"), setup.Variable("cold_content"));
    }
}
