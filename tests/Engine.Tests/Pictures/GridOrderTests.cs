namespace Cairn.Engine.Tests.Pictures;

public sealed class GridOrderTests
{
    private static GridOrder Globe(double[] latitudes, double[] longitudes) =>
        GridOrder.Of(new StoredAxis(latitudes, "degrees_north"), new StoredAxis(longitudes, "degrees_east"));

    [Theory]
    [InlineData(new double[] { 0, 90, 180, 270 }, new double[] { -180, -90, 0, 90 })]
    [InlineData(new double[] { 20, 110, 200, 290 }, new double[] { -160, -70, 20, 110 })]
    [InlineData(new double[] { 270, 180, 90, 0 }, new double[] { -180, -90, 0, 90 })]
    [InlineData(new double[] { 0, 90, -180, -90 }, new double[] { -180, -90, 0, 90 })]
    public void A_whole_globe_begins_at_180_degrees_west(double[] longitudes, double[] expected)
    {
        var order = Globe([0, 10], longitudes);
        Assert.True(order.GoesAround);
        Assert.Equal(expected, order.ColumnValues);
        Assert.Equal(expected, order.Columns.Select(c => Math.IEEERemainder(longitudes[c], 360)).Select(d => d == 180 ? -180 : d));
    }

    [Theory]
    [InlineData(new double[] { 350, 355, 0, 5 }, new double[] { 350, 355, 360, 365 })]
    [InlineData(new double[] { 5, 0, 355, 350 }, new double[] { 350, 355, 360, 365 })]
    [InlineData(new double[] { -30, -20, -10 }, new double[] { -30, -20, -10 })]
    public void A_box_across_the_seam_stays_in_one_piece(double[] longitudes, double[] expected)
    {
        var order = Globe([0, 10], longitudes);
        Assert.False(order.GoesAround);
        var shift = Math.Round((order.ColumnValues[0] - expected[0]) / 360) * 360;
        Assert.Equal(expected, order.ColumnValues.Select(v => v - shift));
        Assert.All(order.Columns.Zip(expected), p => Assert.Equal(0, Math.IEEERemainder(longitudes[p.First] - p.Second, 360)));
    }

    [Theory]
    [InlineData(new double[] { -60, 0, 60 })]
    [InlineData(new double[] { 60, 0, -60 })]
    [InlineData(new double[] { 0, 60, -60 })]
    public void Rows_go_from_north_to_south(double[] latitudes)
    {
        var order = Globe(latitudes, [0, 1, 2]);
        Assert.Equal([60, 0, -60], order.RowValues);
        Assert.Equal([60, 0, -60], order.Rows.Select(r => latitudes[r]));
    }

    [Fact]
    public void Metres_are_a_plane_and_never_wrapped()
    {
        var order = GridOrder.Of(new StoredAxis([0, 1000, 2000], "m"), new StoredAxis([0, 100, 200, 300], "m"));
        Assert.False(order.IsGlobe || order.GoesAround);
        Assert.Equal([0, 100, 200, 300], order.ColumnValues);
        Assert.Equal([2000, 1000, 0], order.RowValues);
    }

    [Fact]
    public void A_coordinate_that_is_no_number_is_refused() =>
        Assert.Throws<DataException>(() => Globe([0, double.NaN], [0, 1]));
}
