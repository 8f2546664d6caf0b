namespace Cairn.Engine.Tests.Torch;

public sealed class SharedBlocksTests
{
    // Odd ones, which no other test takes blocks of.
    private const long Few = 12_347;
    private const long Many = (1L << 30) + 4096;

    [Fact]
    public void A_block_is_given_to_another_tensor_only_when_the_last_view_of_it_is_gone()
    {
        var first = SharedBlocks.Unwritten(ScalarType.Byte, [Few]);
        var number = SharedBlocks.PlaceOf(first)!.Value.Block.Number;
        var view = first.narrow(0, 47, 100);
        first.Dispose();
        using (var second = SharedBlocks.Unwritten(ScalarType.Byte, [Few]))
        {
            Assert.NotEqual(number, SharedBlocks.PlaceOf(second)!.Value.Block.Number);
            Assert.Equal((number, 47), (SharedBlocks.PlaceOf(view)!.Value.Block.Number, SharedBlocks.PlaceOf(view)!.Value.Offset));
        }
        view.Dispose();
        using var third = SharedBlocks.Unwritten(ScalarType.Byte, [Few]);
        using var fourth = SharedBlocks.Unwritten(ScalarType.Byte, [Few]);
        Assert.Contains(number, new[] { third, fourth }.Select(t => SharedBlocks.PlaceOf(t)!.Value.Block.Number));
    }

    [Fact]
    public void A_tensor_elsewhere_has_no_place_and_one_out_of_order_has_none_either()
    {
        using var elsewhere = zeros(4);
        using var block = SharedBlocks.Unwritten(ScalarType.Float32, [3, 5]);
        using var turned = block.t();

        Assert.Null(SharedBlocks.PlaceOf(elsewhere));
        Assert.Null(SharedBlocks.PlaceOf(turned));
    }

    [Fact]
    public void Two_large_states_take_turns_in_two_blocks_that_go_when_neither_is_in_use()
    {
        // Nothing is written: the kernel gives no memory for them.
        var state = SharedBlocks.Unwritten(ScalarType.Byte, [Many]);
        var numbers = new HashSet<int> { SharedBlocks.PlaceOf(state)!.Value.Block.Number };
        for (var step = 0; step < 6; step++)
        {
            var next = SharedBlocks.Unwritten(ScalarType.Byte, [Many]);
            _ = numbers.Add(SharedBlocks.PlaceOf(next)!.Value.Block.Number);
            state.Dispose();
            state = next;
        }
        Assert.Equal(2, numbers.Count);
        state.Dispose();
        Assert.NotEmpty(SharedBlocks.Over(numbers));
    }
}
