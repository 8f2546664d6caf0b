using Cairn.Engine.Tests.Rollouts;

namespace Cairn.Engine.Tests.Sources;

public sealed class InitialConditionTests
{
    private static readonly string Winds = Path.Combine(
        typeof(InitialConditionTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CairnRoot").Value!,
        "data", "navy-winds-1982-1992.nc");

    [Fact]
    public void Channels_come_in_the_models_order()
    {
        using var tensor = Trial.Initial.ToTensor(["v", "u"]);
        var values = tensor.ToArray<double>();

        Assert.Equal([2L, 3L, 4L], tensor.shape);
        Assert.Equal([.. Trial.Initial.Fields[12..], .. Trial.Initial.Fields[..12]], values);
    }

    [Fact]
    public void Every_member_of_a_batch_gets_the_same_fields_in_the_models_type()
    {
        using var model = new StandInModel();
        using var batch = Trial.Initial.ToBatch(3, model.Description);
        var values = batch.ToArray<float>();

        Assert.Equal([3L, 2L, 3L, 4L], batch.shape);
        Assert.All(Enumerable.Range(0, 72), i => Assert.Equal((float)Trial.Initial.Fields[i % 24], values[i]));
    }

    [Fact]
    public void A_variable_that_the_model_needs_and_nobody_gives_is_named_with_what_to_write()
    {
        var error = Assert.Throws<SpecException>(() => Trial.Initial.ToTensor(["u", "t"]));

        Assert.Contains("needs 't'", error.Message, StringComparison.Ordinal);
        Assert.Contains("u, v", error.Message, StringComparison.Ordinal);
        Assert.Contains("initial.variables", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_winds_of_January_1990_are_read_by_date_and_by_index_alike()
    {
        var byDate = InitialSources.Read(Spec(new InitialTime("1990-01-16", null)));
        var byIndex = InitialSources.Read(Spec(new InitialTime(null, 96)));

        Assert.Equal((73, 144), (byDate.Grid.Latitudes.Count, byDate.Grid.Longitudes.Count));
        Assert.Equal("1990-01-16", $"{byDate.Time}"[..10]);
        Assert.Equal(byDate.Fields, byIndex.Fields);
        Assert.Equal(2 * 73 * 144, byDate.Fields.Count(double.IsFinite));
        Assert.Equal(["u", "v"], byDate.Variables);
    }

    [Theory]
    [InlineData("1999-01-16", "u10m", "1999-01-16")]
    [InlineData("1990-01-16", "TEMPERATURE", "TEMPERATURE")]
    public void A_time_or_variable_that_the_file_lacks_is_named_with_the_file(string time, string variable, string named)
    {
        var spec = Spec(new InitialTime(time, null));
        var error = Assert.ThrowsAny<CairnException>(() =>
            InitialSources.Read(spec with { Variables = [new InitialVariable("u", variable)] }));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains(Winds, error.Message, StringComparison.Ordinal);
    }

    private static InitialSpec Spec(InitialTime time) => new("netcdf", Winds, time, [new("u", "u10m"), new("v", "v10m")]);
}
