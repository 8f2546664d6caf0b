using Cairn.Engine.Tests.Models.Harmonics;

namespace Cairn.Engine.Tests.Models.Barotropic;

public sealed class JanuaryWindsTests
{
    private const int TenDays = 480;

    [Fact]
    public void Observed_winds_run_ten_days_within_bounds_and_keep_their_energy()
    {
        var winds = NetCdfFields.Read(
            Path.Combine(Root, "data", "navy-winds-1982-1992.nc"), [new("u", "u10m"), new("v", "v10m")],
            TimeSelector.At("1990-01-16"));
        var grid = new LatLonGrid(winds.Latitude, winds.Longitude);
        using var model = new BarotropicModel(new BarotropicOptions { Grid = grid });
        using var fields = Tensors.From(winds.Values, 1, 2, grid.Latitudes.Count, grid.Longitudes.Count);
        using var start = model.Initialize(fields);
        using var end = Run(model, start);
        using var output = model.Fields(end);
        var (before, after) = (FlowTotals.Of(start)[0], FlowTotals.Of(end)[0]);

        // Near-surface monthly means: some 5 m/s, of which the rotational part is kept.
        Assert.InRange(before.Energy, 5, 50);
        Assert.InRange(Math.Abs(after.Energy / before.Energy - 1), 0, 1e-6);
        Assert.InRange(Math.Abs(after.Enstrophy / before.Enstrophy - 1), 0, 1e-6);
        Assert.InRange(end.MaxDifference(start), 1e-6, 1e-3);
        var ranges = output.Ranges(2);
        for (var i = 0; i < ranges.Length; i++)
        {
            var variable = model.Description.OutputVariables[i];
            Assert.True(model.Description.Bounds[variable].Contains(ranges[i].Min, ranges[i].Max), $"{variable}: {ranges[i]}");
        }
        Assert.InRange(ranges[1].Max, 5, 30);
    }

    private static string Root => typeof(JanuaryWindsTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "CairnRoot").Value!;

    private static Tensor Run(BarotropicModel model, Tensor start)
    {
        var state = start.clone();
        for (var i = 0; i < TenDays; i++)
        {
            using var before = state;
            state = model.Step(before);
        }
        return state;
    }
}
