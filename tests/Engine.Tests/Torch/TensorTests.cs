namespace Cairn.Engine.Tests.Torch;

public sealed class TensorTests
{
    private static readonly float[] Six = [1, 2, 3, 4, 5, 6];

    [Fact]
    public void A_tensor_gives_back_the_values_that_it_was_made_from()
    {
        using var tensor = Tensors.From(Six, 2, 3);

        Assert.Equal(Six, tensor.ToArray<float>());
        Assert.Equal([2L, 3L], tensor.shape);
        Assert.Equal("float32", tensor.dtype.Name());
        Assert.True(CPU.IsSame(tensor.device));
        Assert.Equal(6, tensor.numel());
    }

    [Fact]
    public void Scalars_and_empty_tensors_have_their_shapes()
    {
        using var scalar = Tensors.From<double>([4.5]);
        using var empty = Tensors.From<long>([], 3, 0);

        Assert.Empty(scalar.shape);
        Assert.Equal([4.5], scalar.ToArray<double>());
        Assert.Equal([3L, 0L], empty.shape);
        Assert.Empty(empty.ToArray<long>());
    }

    [Fact]
    public void Bytes_that_do_not_fill_the_shape_are_refused()
    {
        var error = Assert.Throws<SpecException>(() => Tensors.From(Six, 2, 2));

        Assert.Contains("has 24 bytes; the tensor has 16", error.Message, StringComparison.Ordinal);
        Assert.Throws<SpecException>(() => Tensors.From(Six, -2, -3));
    }

    [Fact]
    public void A_destination_of_the_wrong_size_is_left_alone()
    {
        using var tensor = Tensors.From(Six, 6);
        var destination = new byte[23];

        Assert.Throws<SpecException>(() => tensor.CopyTo(destination));
        Assert.All(destination, b => Assert.Equal(0, b));
    }

    [Fact]
    public void A_view_is_copied_out_in_C_order()
    {
        using var tensor = Tensors.From(Six, 2, 3);
        using var column = tensor.narrow(1, 1, 1);
        using var row = tensor.select(0, 1);

        Assert.Equal([2L, 1L], column.shape);
        Assert.Equal([2f, 5f], column.ToArray<float>());
        Assert.Equal([4f, 5f, 6f], row.ToArray<float>());
    }

    [Fact]
    public void A_clone_outlives_its_source_and_a_view_keeps_it_alive()
    {
        var tensor = Tensors.From(Six, 2, 3);
        using var view = tensor.narrow(0, 1, 1);
        using var clone = tensor.clone();
        tensor.Dispose();

        Assert.Equal([4f, 5f, 6f], view.ToArray<float>());
        Assert.Equal(Six, clone.ToArray<float>());
        Assert.Equal("a disposed tensor", tensor.Layout());
    }

    [Fact]
    public void Members_joined_and_cut_again_are_the_same_bits()
    {
        using var first = Tensors.From(Six, 2, 3);
        using var second = first.mul(2);
        using var stacked = stack([first, second]);
        using var joined = cat([first, second]);
        using var cut = joined.narrow(0, 2, 2);

        Assert.Equal([2L, 2L, 3L], stacked.shape);
        Assert.Equal([4L, 3L], joined.shape);
        Assert.True(cut.HasBitsOf(second));
        Assert.False(cut.HasBitsOf(first));
    }

    [Fact]
    public void A_failure_of_the_library_is_known_and_told_without_its_backtrace()
    {
        using var two = Tensors.From(Six, 2, 3);
        using var six = Tensors.From(Six, 6);

        var error = Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => stack([two, six]));

        Assert.True(TorchException.Is(error));
        Assert.Contains("[2, 3]", TorchException.Of(error).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("frame #", TorchException.Of(error).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception raised from", TorchException.Of(error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_that_is_made_lies_as_the_result_of_an_operation_does()
    {
        using var tensor = Tensors.From(Six, 6);
        using var view = tensor.narrow(0, 1, 5);

        Assert.Same(tensor, Tensors.Plain(tensor));
        using var moved = Tensors.Plain(view);
        Assert.NotSame(view, moved);
        Assert.Equal([2f, 3f, 4f, 5f, 6f], moved.ToArray<float>());
    }

    [Fact]
    public void Equal_bits_tell_signed_zeros_apart_and_know_nan()
    {
        using var zero = Tensors.From<float>([0f, float.NaN], 2);
        using var same = Tensors.From<float>([0f, float.NaN], 2);
        using var negative = Tensors.From<float>([-0f, float.NaN], 2);
        using var wide = zero.to(ScalarType.Float64);

        Assert.True(zero.HasBitsOf(same));
        Assert.False(zero.HasBitsOf(negative));
        Assert.False(zero.HasBitsOf(wide));
        Assert.True(double.IsNaN(zero.MaxDifference(same)));
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Int8)]
    [InlineData(ScalarType.Bool)]
    [InlineData(ScalarType.ComplexFloat32)]
    [InlineData(ScalarType.ComplexFloat64)]
    public void Every_element_type_passes_through_bytes(ScalarType dtype)
    {
        using var source = full([2, 3], 1, dtype);
        var bytes = new byte[6 * dtype.ItemSize()];
        source.CopyTo(bytes);
        using var copy = (Tensor)new TensorFactory().Create(source.dtype.Name(), source.shape, bytes, null);

        Assert.True(copy.HasBitsOf(source));
        Assert.Equal(dtype, DTypes.Parse(copy.dtype.Name()));
    }
}
