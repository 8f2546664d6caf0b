namespace Cairn.Engine.Tests.Models.Harmonics;

public sealed class TransformGridTests
{
    [Theory]
    [InlineData(21, 32, 64)]
    [InlineData(42, 64, 128)]
    [InlineData(63, 96, 192)]
    [InlineData(85, 128, 256)]
    [InlineData(106, 160, 320)]
    public void Well_known_truncations_get_their_well_known_grids(int truncation, int latitudes, int longitudes)
    {
        var grid = new TransformGrid(truncation);

        Assert.Equal(latitudes, 2 * grid.HalfLatitudes);
        Assert.Equal(longitudes, grid.Longitudes);
    }

    [Fact]
    public void Every_truncation_gets_a_grid_free_of_aliasing()
    {
        for (var truncation = 2; truncation < 200; truncation++)
        {
            var grid = new TransformGrid(truncation);

            Assert.True(4 * grid.HalfLatitudes >= 3 * truncation + 1, $"T{truncation}: {2 * grid.HalfLatitudes} latitudes");
            Assert.True(grid.Longitudes >= 3 * truncation + 1 && grid.Longitudes % 2 == 0, $"T{truncation}: {grid.Longitudes} longitudes");
        }
    }
}
