namespace Cairn.Engine.Tests.Models;

public sealed class StateHealthTests
{
    private static readonly string[] Winds = ["u10m", "v10m"];
    private static readonly Dictionary<string, FieldBounds> Bounds = new() { ["v10m"] = new FieldBounds(-100, 100) };
    private static readonly ValueRange Sound = new(-20, 20);

    [Fact]
    public void Sound_members_have_no_defects() =>
        Assert.Empty(StateHealth.Examine(Winds, [Sound, Sound, Sound, new ValueRange(-100, 100)], Bounds, 0));

    [Theory]
    [InlineData(double.NaN, double.NaN)]
    [InlineData(double.NegativeInfinity, 0)]
    [InlineData(0, double.PositiveInfinity)]
    public void A_value_that_is_not_finite_names_its_member_and_variable(double min, double max)
    {
        var defect = Assert.Single(StateHealth.Examine(Winds, [Sound, Sound, new ValueRange(min, max), Sound], Bounds, firstMember: 8));

        Assert.Equal(9, defect.Member);
        Assert.Equal("u10m", defect.Variable);
        Assert.Null(defect.Allowed);
    }

    [Fact]
    public void Leaving_the_bounds_on_either_side_is_a_defect()
    {
        var defects = StateHealth.Examine(Winds, [Sound, new ValueRange(-100.5, 0), Sound, new ValueRange(0, 101)], Bounds, 0);

        Assert.Equal([0, 1], defects.Select(d => d.Member));
        Assert.Equal("member 0: v10m ranges from -100.5 to 0; the model allows -100 to 100", defects[0].ToString());
    }

    [Fact]
    public void The_state_itself_is_examined_besides_its_fields()
    {
        var grid = new LatLonGrid([0], [0, 180]);
        using var model = new PersistenceModel(["u10m"], grid, TimeSpan.FromHours(1), ScalarType.Float32, CPU);
        using var state = Tensors.From<float>([1, float.NaN], 2, 1);
        using var fields = Tensors.From<float>([1, 2, 3, 4], 2, 1, 1, 2);

        var defect = Assert.Single(StateHealth.Examine(model.Description, state, fields, firstMember: 4));

        Assert.Equal((5, StateHealth.StateVariable), (defect.Member, defect.Variable));
    }

    [Fact]
    public void The_error_names_the_first_member_and_shortens_a_long_list()
    {
        var ranges = Enumerable.Repeat(new ValueRange(double.NaN, double.NaN), 20).ToArray();
        var error = StateHealth.Failure(StateHealth.Examine(Winds, ranges, Bounds, firstMember: 4), TimeSpan.FromHours(6));

        Assert.Equal(4, error.Member);
        Assert.Equal(TimeSpan.FromHours(6), error.LeadTime);
        Assert.Contains("; and 12 more", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ranges_that_do_not_fit_the_variables_are_refused() =>
        Assert.Throws<SpecException>(() => StateHealth.Examine(Winds, [Sound], Bounds, 0));
}
