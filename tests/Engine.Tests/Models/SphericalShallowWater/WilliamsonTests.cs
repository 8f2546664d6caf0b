using Cairn.Engine.Models.SphericalShallowWater;
using Cairn.Engine.Sources.Analytic;

namespace Cairn.Engine.Tests.Models.SphericalShallowWater;

/// <summary>Test cases 2 and 6 of Williamson et al. (1992), and the jet of Galewsky et al. (2004).</summary>
public sealed class WilliamsonTests(ITestOutputHelper log)
{
    private static readonly TimeSpan FiveDays = TimeSpan.FromDays(5);

    [Theory]
    [InlineData(42, 0)]
    [InlineData(42, 45)]
    [InlineData(21, 90)]
    public void Case_2_stands_still_for_five_days_wherever_its_axis_points(int truncation, double tilt) => StandsStill(truncation, tilt);

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData(2.8647889756541160)]
    [InlineData(87.135211024345884)]
    [InlineData(90)]
    public void Case_2_stands_still_at_the_angles_of_the_paper(double tilt) => StandsStill(42, tilt);

    [Fact]
    public void Case_6_keeps_its_mass_to_the_bit_and_its_energy_for_five_days() => KeepsTotals(5);

    [Fact]
    [Trait("Category", "Slow")]
    public void Case_6_keeps_its_mass_to_the_bit_and_its_energy_for_its_fourteen_days() => KeepsTotals(14);

    [Fact]
    public void Case_6_at_T42_agrees_with_T63_after_two_days()
    {
        // Both on the grid of T42, whose points a finer truncation does not need.
        var grid = Layers.Gaussian(63);
        var heights = new[] { 42, 63 }.Select(truncation =>
        {
            using var model = Layers.Model(truncation, minutes: 7.5, grid: grid);
            using var start = model.Case("rossby-haurwitz");
            using var end = model.Run(start, TimeSpan.FromDays(2));
            return model.Field(end, "h");
        }).ToList();
        var difference = Layers.RelativeError(heights[0], heights[1], grid);
        log.WriteLine($"l2 of T42 against T63: {difference:e2}");

        Assert.InRange(difference, 0, 1e-4);
    }

    [Fact]
    public void The_wave_of_case_6_moves_eastward_as_the_barotropic_one_does_but_more_slowly()
    {
        using var model = Layers.Model(minutes: 10);
        using var start = model.Case("rossby-haurwitz");
        using var end = model.Run(start, TimeSpan.FromDays(1));
        // The phase of wave number 4 in the vorticity of its degree, 5.
        var turned = Math.IEEERemainder((Phase(start) - Phase(end)) / 4, Math.PI / 2);
        var barotropic = new RossbyHaurwitz().AngularPhaseSpeed * 86400;
        log.WriteLine($"in a day {double.RadiansToDegrees(turned):f2} degrees, nondivergent {double.RadiansToDegrees(barotropic):f2}");

        Assert.InRange(turned / barotropic, 0.7, 1);
    }

    private void StandsStill(int truncation, double tilt)
    {
        using var model = Layers.Model(truncation, tilt: tilt);
        using var start = model.Case("solid-body", tilt);
        using var end = model.Run(start, FiveDays);
        var grid = model.Description.OutputGrid;
        var exact = SphericalLayers.Make("solid-body", grid, tilt)[^(grid.Latitudes.Count * grid.Longitudes.Count)..];
        var error = Layers.RelativeError(model.Field(end, "h"), exact, grid);
        log.WriteLine($"T{truncation}, tilt {tilt}: l2(h) = {error:e2} after five days");

        Assert.InRange(error, 0, 1e-12);
        Assert.InRange(model.Field(end, "divergence").Max(Math.Abs), 0, 1e-15);
    }

    private void KeepsTotals(int days)
    {
        using var model = Layers.Model();
        using var start = model.Case("rossby-haurwitz");
        using var end = model.Run(start, TimeSpan.FromDays(days));
        var (before, after) = (model.Totals(start)[0], model.Totals(end)[0]);
        var energy = (after.Energy / before.Energy) - 1;
        var enstrophy = (after.PotentialEnstrophy / before.PotentialEnstrophy) - 1;
        log.WriteLine($"T42, {days} days: depth {(after.Depth / before.Depth) - 1:e2}, energy {energy:e2}, "
            + $"potential enstrophy {enstrophy:e2}");

        Assert.Equal(Mean(start), Mean(end));
        Assert.InRange(Math.Abs((after.Depth / before.Depth) - 1), 0, 1e-14);
        Assert.InRange(Math.Abs(energy), 0, 1e-5);
        Assert.InRange(Math.Abs(enstrophy), 0, 1e-3);
    }

    /// <summary>The coefficient of the mean geopotential.</summary>
    private static double Mean(Tensor state) => state.ToArray<double>()[2 * 2 * (int)state.shape[4]];

    private static double Phase(Tensor state)
    {
        var rows = (int)state.shape[4];
        var values = state.ToArray<double>();
        var at = 4 * 3 * 2 * rows;
        return Math.Atan2(values[at + rows + 1], values[at + 1]);
    }
}
