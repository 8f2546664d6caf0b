namespace Cairn.Engine.Tests.Sources;

public sealed class AnalyticFlowsTests
{
    private const double Gravity = 9.80616;

    [Fact]
    public void The_wave_is_the_one_that_the_barotropic_model_is_tested_with()
    {
        var initial = InitialSources.Read(Spec("rossby-haurwitz", 37, "u", "v"));

        Assert.Equal(new RossbyHaurwitz().Winds(initial.Grid), initial.Fields);
        Assert.Equal("m s-1", initial.Units["v"]);
        Assert.Equal("2000-01-01T00:00:00", initial.Time.ToString());
    }

    [Fact]
    public void Air_at_rest_does_not_move_and_a_solid_body_goes_round_in_twelve_days()
    {
        Assert.All(InitialSources.Read(Spec("rest", 5, "u", "v")).Fields, value => Assert.Equal(0, value));

        var solid = InitialSources.Read(Spec("solid-body", 5, "v", "u"));
        var equator = solid.Fields[(5 * 8) + (2 * 8)];
        Assert.All(solid.Fields[..40], value => Assert.Equal(0, value));
        Assert.Equal(2 * Math.PI * 6.37122e6 / (12 * 86400), equator, 1e-9);
        Assert.Equal(0, solid.Fields[40], 1e-14);
    }

    [Theory]
    [InlineData("rossby-haurwitz", 0, 8000)]
    [InlineData("solid-body", 2, 2.94e4 / Gravity)]
    public void Balanced_flows_tell_their_height(string flow, int row, double height)
    {
        var heights = InitialSources.Read(Spec(flow, 5, "height"));

        Assert.Equal(height, heights.Fields[row * 8], 1e-9);
        Assert.True(heights.Fields[2 * 8] > heights.Fields[0] + 500, "the surface stands higher at the equator");
        Assert.Equal("m", heights.Units["height"]);
    }

    [Fact]
    public void The_jet_blows_at_80_metres_a_second_at_45_north_and_nowhere_outside_its_band()
    {
        var jet = InitialSources.Read(Spec("zonal-jet", 181, "u"));
        var rows = jet.Fields.Chunk(8).Select(row => row[3]).ToList();

        Assert.Equal(80, rows[45], 1e-9);
        Assert.Equal(80, rows.Max(), 1e-9);
        Assert.All(jet.Grid.Latitudes.Zip(rows), at => Assert.Equal(at.First is > 180.0 / 7 and < 90 - (180.0 / 7), at.Second > 0));
    }

    [Fact]
    public void The_height_holds_the_jet_in_balance_with_a_mean_of_ten_kilometres()
    {
        const int rows = 3601;
        var jet = InitialSources.Read(Spec("zonal-jet", rows, "u", "height"));
        var (winds, heights) = (jet.Fields.Chunk(8).Take(rows).ToList(), jet.Fields.Chunk(8).Skip(rows).ToList());
        var step = Math.PI / (rows - 1);
        var mean = 0d;
        for (var i = 1; i < rows - 1; i++)
        {
            var (u, latitude) = (winds[i][0], double.DegreesToRadians(jet.Grid.Latitudes[i]));
            var slope = (heights[i - 1][0] - heights[i + 1][0]) / (2 * step);
            var wind = Earth.Radius * u * ((2 * Earth.Rotation * Math.Sin(latitude)) + (u * Math.Tan(latitude) / Earth.Radius));
            Assert.Equal(-wind / Gravity, slope, 0.3);
            mean += heights[i][0] * Math.Cos(latitude) * step / 2;
        }
        Assert.Equal(10_000, mean, 0.1);
        // What the paper's figure 1 shows: the jet holds about 1 km of height.
        Assert.InRange(heights[^1][0] - heights[0][0], 800, 1300);
    }

    [Fact]
    public void The_perturbation_is_a_hill_at_45_north_on_the_seam_of_longitudes()
    {
        var jet = InitialSources.Read(Spec("zonal-jet", 181, "height", "height-perturbed"));
        var hill = jet.Fields[(181 * 8)..].Zip(jet.Fields[..(181 * 8)], (with, without) => with - without).ToList();

        Assert.Equal(120 * Math.Cos(Math.PI / 4), hill[45 * 8], 1e-9);
        Assert.Equal(hill.Max(), hill[45 * 8]);
        Assert.Equal(hill[(45 * 8) + 1], hill[(45 * 8) + 7], 1e-12);
        Assert.InRange(hill[(45 * 8) + 4], 0, 1e-30);
    }

    private static InitialSpec Spec(string flow, int rows, params string[] quantities) => new(
        "analytic", "", new InitialTime("2000-01-01", null), [.. quantities.Select(q => new InitialVariable(q, q))])
    {
        Case = flow,
        Grid = new GridSpec(new AxisSpec(90, -90, rows), new AxisSpec(0, 315, 8)),
    };
}
