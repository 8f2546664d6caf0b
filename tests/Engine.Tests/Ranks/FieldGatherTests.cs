namespace Cairn.Engine.Tests.Ranks;

/// <summary>Parts of fields come together on rank 0 wherever they lie.</summary>
public sealed class FieldGatherTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(7, 0)]
    [InlineData(4, 1)]
    public void Parts_come_to_their_places(int size, int axis)
    {
        const int Members = 3, Variables = 2;
        long[] grid = [9, 5];
        var expected = Enumerable.Range(0, (int)(Members * Variables * grid[0] * grid[1])).Select(i => (float)i).ToArray();
        using var all = Tensors.From(expected, Members, Variables, grid[0], grid[1]);

        var gathered = Gang.Run(size, ranks =>
        {
            var part = DomainSlice.Part(grid, axis, ranks.Rank, size);
            using var own = all.narrow(2 + axis, part.Offset[axis], part.Shape[axis]);
            using var doubles = own.to(ScalarType.Float64);
            var whole = new float[ranks.Rank == 0 ? expected.Length : 0];
            new FieldGather(ranks, part, Members, Variables).Gather(doubles, whole);
            return whole;
        });

        Assert.Equal(expected, gathered[0]);
    }

    [Fact]
    public void Parts_that_leave_a_gap_are_refused()
    {
        var (_, failures) = Gang.Try(2, ranks =>
            _ = new FieldGather(ranks, new DomainSlice([4, 2], [ranks.Rank * 2, 0], [1, 2]), members: 1, variables: 1));

        Assert.Contains("neither overlap nor leave gaps", Assert.IsType<SpecException>(failures[0]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_of_another_size_are_refused()
    {
        using var solo = new SoloCommunicator();
        var gather = new FieldGather(solo, DomainSlice.Whole([2, 2]), members: 1, variables: 1);
        using var fields = full([2, 1, 2, 2], 1, ScalarType.Float32);

        Assert.Throws<SpecException>(() => gather.Gather(fields, new float[8]));
    }
}
