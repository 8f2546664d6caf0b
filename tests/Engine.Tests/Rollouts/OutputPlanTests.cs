namespace Cairn.Engine.Tests.Rollouts;

public sealed class OutputPlanTests
{
    private static readonly double[] Latitudes = [60, 30, 0, -30];
    private static readonly double[] Longitudes = [0, 60, 120, 180, 240, 300];

    [Fact]
    public void Without_a_box_and_names_everything_is_written_in_the_models_order()
    {
        var plan = OutputPlan.Of(Zarr(), Model());

        Assert.Equal(["u", "v", "w"], plan.Variables);
        Assert.Equal(Latitudes, plan.Latitudes);
        Assert.Equal(Longitudes, plan.Longitudes);
        Assert.Equal(Field(member: 1, variable: 2), Cut(plan, 1, 2));
    }

    [Fact]
    public void Variables_come_in_the_specs_order()
    {
        var plan = OutputPlan.Of(Zarr() with { Variables = ["w", "u"] }, Model());

        Assert.Equal(["w", "u"], plan.Variables);
        Assert.Equal(Field(member: 1, variable: 2), Cut(plan, 1, 0));
        Assert.Equal(Field(member: 0, variable: 0), Cut(plan, 0, 1));
    }

    [Fact]
    public void A_box_takes_its_edges_with_it()
    {
        var plan = OutputPlan.Of(Zarr() with { Box = new(new(0, 30), new(60, 180)) }, Model());

        Assert.Equal([30, 0], plan.Latitudes);
        Assert.Equal([60, 120, 180], plan.Longitudes);
        float[] expected =
            [Value(0, 0, 1, 1), Value(0, 0, 1, 2), Value(0, 0, 1, 3), Value(0, 0, 2, 1), Value(0, 0, 2, 2), Value(0, 0, 2, 3)];
        Assert.Equal(expected, Cut(plan, 0, 0));
    }

    [Theory]
    [InlineData(-60, 60)]
    [InlineData(300, 60)]
    public void A_box_across_the_seam_comes_in_one_piece_from_west_to_east(double west, double east)
    {
        var plan = OutputPlan.Of(Zarr() with { Box = new(new(60, 60), new(west, east)) }, Model());

        Assert.Equal([-60, 0, 60], plan.Longitudes);
        Assert.Equal([Value(1, 1, 0, 5), Value(1, 1, 0, 0), Value(1, 1, 0, 1)], Cut(plan, 1, 1));
    }

    [Theory]
    [InlineData(-180, new double[] { -180, -120, -60, 0, 60, 120 }, new[] { 3, 4, 5, 0, 1, 2 })]
    [InlineData(0, new double[] { 0, 60, 120, 180, 240, 300 }, new[] { 0, 1, 2, 3, 4, 5 })]
    [InlineData(20, new double[] { 60, 120, 180, 240, 300, 360 }, new[] { 1, 2, 3, 4, 5, 0 })]
    [InlineData(-359.99995, new double[] { -360, -300, -240, -180, -120, -60 }, new[] { 0, 1, 2, 3, 4, 5 })]
    public void Longitudes_begin_where_the_spec_says_and_the_fields_go_along(double from, double[] longitudes, int[] columns)
    {
        var plan = OutputPlan.Of(Zarr() with { LongitudeFrom = from, LatitudeOrder = LatitudeOrder.Northward }, Model());

        Assert.Equal(longitudes, plan.Longitudes);
        Assert.Equal([-30, 0, 30, 60], plan.Latitudes);
        Assert.Equal([.. from row in new[] { 3, 2, 1, 0 } from column in columns select Value(1, 2, row, column)], Cut(plan, 1, 2));
        Assert.Equal(Latitudes, OutputPlan.Of(Zarr() with { LatitudeOrder = LatitudeOrder.Southward }, Model()).Latitudes);
    }

    [Fact]
    public void On_a_plane_there_are_no_degrees_to_begin_at()
    {
        var model = Model(new LatLonGrid([0, 1], [0, 1]) { Unit = GridUnit.Metres });
        var error = Assert.Throws<SpecException>(() => OutputPlan.Of(Zarr() with { LongitudeFrom = 0 }, model));

        Assert.Contains("output.longitude-from is about degrees", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_grid_whose_longitudes_fall_back_is_counted_on_without_moving_a_field()
    {
        double[] across = [0, 60, 120, -180, -120, -60];
        var plan = OutputPlan.Of(Zarr(), Model(new LatLonGrid(Latitudes, across)));

        Assert.Equal([0, 60, 120, 180, 240, 300], plan.Longitudes);
        Assert.Equal(Field(member: 1, variable: 2), Cut(plan, 1, 2));
    }

    [Fact]
    public void Longitudes_in_no_order_make_no_axis()
    {
        var model = Model(new LatLonGrid(Latitudes, [0, 120, 60, 180, 300, 240]));
        var error = Assert.Throws<SpecException>(() => OutputPlan.Of(Zarr(), model));

        Assert.Contains("0, 120, 60", error.Message, StringComparison.Ordinal);
        Assert.Contains("initial.regrid", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 360)]
    [InlineData(-180, 180)]
    [InlineData(-180, 360)]
    public void A_whole_circle_is_the_grid_as_it_is(double west, double east) =>
        Assert.Equal(Longitudes, OutputPlan.Of(Zarr() with { Box = new(null, new(west, east)) }, Model()).Longitudes);

    [Fact]
    public void An_edge_that_the_file_keeps_in_single_precision_is_still_an_edge()
    {
        // 0.7f is 0.699999988: the point that a person means by 0.7 must not fall out of [0.7, 0.9].
        double[] fine = [.. Enumerable.Range(0, 12).Select(i => (double)(i * 0.1f))];
        var model = Model(new LatLonGrid(fine, fine));

        var plan = OutputPlan.Of(Zarr() with { Box = new(new(0.7, 0.9), new(0.7, 0.9)) }, model);
        Assert.Equal(3, plan.Latitudes.Count);
        Assert.Equal(3, plan.Longitudes.Count);
        Assert.Equal((double)(7 * 0.1f), plan.Longitudes[0]);
    }

    [Fact]
    public void A_variable_that_the_model_does_not_give_is_named_with_those_that_it_gives()
    {
        var error = Assert.Throws<SpecException>(() => OutputPlan.Of(Zarr() with { Variables = ["u", "vorticity"] }, Model()));

        Assert.Contains("names vorticity,", error.Message, StringComparison.Ordinal);
        Assert.Contains("u, v, w", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bits_and_units_are_those_of_variables_that_are_written()
    {
        var output = Zarr() with { Variables = ["u"], Units = [new SpecEntry("w", "K")], KeepBits = [new KeepBitsSpec("u", 12)] };
        var error = Assert.Throws<SpecException>(() => OutputPlan.Of(output, Model()));

        Assert.Contains("output.units names w", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_box_between_the_grid_points_is_refused_and_the_grid_told()
    {
        var error = Assert.Throws<SpecException>(() => OutputPlan.Of(Zarr() with { Box = new(new(1, 29), null) }, Model()));

        Assert.Contains("output.box", error.Message, StringComparison.Ordinal);
        Assert.Contains("4 latitudes from 60 to -30", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_output_no_boundary_is_written()
    {
        var plan = OutputPlan.Of(new OutputSpec { Kind = OutputSpec.None }, Model());

        Assert.False(plan.Writes(new BoundarySchedule(TimeSpan.FromHours(1), 3, 1), 0));
    }

    private static OutputSpec Zarr() => new() { Kind = "zarr", Path = "/out" };

    private static ModelDescription Model(LatLonGrid? grid = null)
    {
        var at = grid ?? new LatLonGrid(Latitudes, Longitudes);
        return new("test", ["u"], ["u", "v", "w"], at, at, TimeSpan.FromHours(1), ScalarType.Float32, CPU, false,
            new Dictionary<string, FieldBounds>(), []);
    }

    private static float[] Cut(OutputPlan plan, int member, int variable)
    {
        float[] fields = [.. from m in Enumerable.Range(0, 2) from v in Enumerable.Range(0, 3) from value in Field(m, v) select value];
        var target = new float[plan.FieldSize];
        plan.CutOut(fields, member, variable, target);
        return target;
    }

    private static float[] Field(int member, int variable) =>
        [.. from row in Enumerable.Range(0, 4) from column in Enumerable.Range(0, 6) select Value(member, variable, row, column)];

    private static float Value(int member, int variable, int row, int column) => (member * 1000) + (variable * 100) + (row * 10) + column;
}
