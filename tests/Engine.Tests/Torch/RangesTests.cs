namespace Cairn.Engine.Tests.Torch;

public sealed class RangesTests
{
    [Fact]
    public void Ranges_are_told_for_each_leading_index()
    {
        using var tensor = Tensors.From<float>([1, 2, 3, 4, 5, 6, -7, 8], 2, 2, 2);

        Assert.Equal([new ValueRange(1, 4), new ValueRange(-7, 8)], tensor.Ranges(1));
        Assert.Equal(4, tensor.Ranges(2).Length);
        Assert.Equal([new ValueRange(-7, 8)], tensor.Ranges(0));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_value_that_is_not_finite_is_seen_wherever_it_is(float poison)
    {
        // 37 values: vector lanes and the scalar rest are different code in libtorch.
        for (var at = 0; at < 37; at++)
        {
            var values = new float[3 * 37];
            values[37 + at] = poison;
            using var tensor = Tensors.From(values, 3, 37);

            Assert.Equal([true, false, true], tensor.Ranges(1).Select(r => r.IsFinite));
        }
    }

    [Fact]
    public void Complex_states_are_checked_part_by_part()
    {
        using var tensor = Tensors.From<System.Numerics.Complex>([new(1, 2), new(double.NaN, 0), new(0, 0), new(0, -5)], 2, 2);
        var ranges = tensor.Ranges(1);

        Assert.False(ranges[0].IsFinite);
        Assert.Equal(new ValueRange(-5, 0), ranges[1]);
    }

    [Fact]
    public void Of_no_values_all_are_finite()
    {
        using var tensor = Tensors.From<float>([], 2, 0);

        Assert.All(tensor.Ranges(1), r => Assert.True(r.IsFinite));
    }
}
