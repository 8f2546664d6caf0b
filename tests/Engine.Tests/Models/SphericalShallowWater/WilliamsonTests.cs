using Cairn.Engine.Models.Barotropic;
using Cairn.Engine.Models.Harmonics;
using Cairn.Engine.Sources.Analytic;
using Xunit.Abstractions;

namespace Cairn.Engine.Tests.Models.SphericalShallowWater;

/// <summary>Test cases 2 and 6 of Williamson et al. (1992).</summary>
public sealed class WilliamsonTests(ITestOutputHelper log)
{
    private static readonly TimeSpan FiveDays = TimeSpan.FromDays(5);

    [Theory]
    [InlineData(0)]
    [InlineData(45)]
    public Task Case_2_stands_still_for_five_days(double tilt) => StandsStill(21, tilt);

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData(0)]
    [InlineData(2.8647889756541160)]
    [InlineData(45)]
    [InlineData(87.135211024345884)]
    [InlineData(90)]
    public Task Case_2_stands_still_for_five_days_at_T42(double tilt) => StandsStill(42, tilt);

    private Task StandsStill(int truncation, double tilt)
    {
        using var model = Layers.Model(truncation, tilt: tilt);
        using var start = model.Case("solid-body", tilt);
        using var end = model.Run(start, FiveDays);
        var grid = model.Description.OutputGrid;
        var exact = SphericalLayers.Make("solid-body", grid, tilt)[^(grid.Latitudes.Count * grid.Longitudes.Count)..];
        var error = Layers.RelativeError(model.Field(end, "h"), exact, grid);
        log.WriteLine($"T{truncation}, tilt {tilt}: l2(h) = {error:e2} after five days");

        Assert.InRange(error, 0, 1e-10);
        Assert.InRange(model.Field(end, "divergence").Max(Math.Abs), 0, 1e-14);
        return Task.CompletedTask;
    }
}
