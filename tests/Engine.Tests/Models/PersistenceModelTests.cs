namespace Cairn.Engine.Tests.Models;

public sealed class PersistenceModelTests
{
    private static readonly LatLonGrid Grid = new([0], [0, 120, 240]);

    [Fact]
    public void Nothing_changes_and_each_result_has_a_handle_of_its_own()
    {
        using var model = new PersistenceModel(["t2m"], Grid, TimeSpan.FromHours(6), ScalarType.Float32, CPU);
        using var fields = Tensors.From<float>([1, 2, 3], 1, 1, 1, 3);
        using var state = model.Initialize(fields);
        var next = model.Step(state);
        state.Dispose();
        using var output = model.Fields(next);
        next.Dispose();

        Assert.True(output.HasBitsOf(fields));
        Assert.False(model.Description.DependsOnBatch);
    }

    [Fact]
    public void Fields_on_another_grid_are_refused_with_both_shapes()
    {
        using var model = new PersistenceModel(["t2m"], Grid, TimeSpan.FromHours(6), ScalarType.Float32, CPU);
        using var fields = Tensors.From<float>([1, 2], 1, 1, 1, 2);

        var error = Assert.Throws<SpecException>(() => model.Initialize(fields));

        Assert.Contains("[1, 1, 1, 2]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[batch, 1, 1, 3]", error.Message, StringComparison.Ordinal);
    }
}
