using Cairn.Engine.Torch;

namespace Cairn.Engine.Tests.Torch;

public sealed class TensorTests
{
    private static readonly float[] Six = [1, 2, 3, 4, 5, 6];

    [Fact]
    public void A_tensor_gives_back_the_values_that_it_was_made_from()
    {
        using var tensor = Tensor.From(Six, 2, 3);

        Assert.Equal(Six, tensor.ToArray<float>());
        Assert.Equal([2L, 3L], tensor.Shape);
        Assert.Equal("float32", tensor.DTypeName);
        Assert.Equal(TorchDevice.Cpu, tensor.Device);
        Assert.Equal(6, tensor.Length);
    }

    [Fact]
    public void Scalars_and_empty_tensors_have_their_shapes()
    {
        using var scalar = Tensor.From<double>([4.5]);
        using var empty = Tensor.From<long>([], 3, 0);

        Assert.Empty(scalar.Shape);
        Assert.Equal([4.5], scalar.ToArray<double>());
        Assert.Equal([3L, 0L], empty.Shape);
        Assert.Empty(empty.ToArray<long>());
    }

    [Fact]
    public void Bytes_that_do_not_fill_the_shape_are_refused()
    {
        var error = Assert.Throws<TorchException>(() => Tensor.From(Six, 2, 2));

        Assert.Contains("has 24 bytes; the tensor has 16", error.Message, StringComparison.Ordinal);
        Assert.Throws<SpecException>(() => Tensor.From(Six, -2, -3));
    }

    [Fact]
    public void A_destination_of_the_wrong_size_is_left_alone()
    {
        using var tensor = Tensor.From(Six, 6);
        var destination = new byte[23];

        Assert.Throws<TorchException>(() => tensor.CopyTo(destination));
        Assert.All(destination, b => Assert.Equal(0, b));
    }

    [Fact]
    public void A_view_is_copied_out_in_C_order()
    {
        using var tensor = Tensor.From(Six, 2, 3);
        using var column = tensor.Slice(1, 1, axis: 1);
        using var row = tensor.Select(1);

        Assert.Equal([2L, 1L], column.Shape);
        Assert.Equal([2f, 5f], column.ToArray<float>());
        Assert.Equal([4f, 5f, 6f], row.ToArray<float>());
    }

    [Fact]
    public void A_clone_outlives_its_source_and_a_view_keeps_it_alive()
    {
        var tensor = Tensor.From(Six, 2, 3);
        using var view = tensor.Slice(1, 1);
        using var clone = tensor.Clone();
        using var host = tensor.ToHostCopy();
        tensor.Dispose();

        Assert.Equal([4f, 5f, 6f], view.ToArray<float>());
        Assert.Equal(Six, clone.ToArray<float>());
        Assert.Equal(Six, host.ToArray<float>());
        Assert.Throws<ObjectDisposedException>(() => tensor.Device);
    }

    [Fact]
    public void Members_joined_and_cut_again_are_the_same_bits()
    {
        using var first = Tensor.From(Six, 2, 3);
        using var second = first.Multiply(2);
        using var stacked = Tensor.Stack(first, second);
        using var joined = Tensor.Concatenate(first, second);
        using var cut = joined.Slice(2, 2);

        Assert.Equal([2L, 2L, 3L], stacked.Shape);
        Assert.Equal([4L, 3L], joined.Shape);
        Assert.True(cut.HasBitsOf(second));
        Assert.False(cut.HasBitsOf(first));
    }

    [Fact]
    public void Shapes_that_do_not_join_are_named_in_the_error()
    {
        using var two = Tensor.From(Six, 2, 3);
        using var six = Tensor.From(Six, 6);

        var error = Assert.Throws<TorchException>(() => Tensor.Stack(two, six));

        Assert.Contains("[2, 3]", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("frame #", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception raised from", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_bits_tell_signed_zeros_apart_and_know_nan()
    {
        using var zero = Tensor.From<float>([0f, float.NaN], 2);
        using var same = Tensor.From<float>([0f, float.NaN], 2);
        using var negative = Tensor.From<float>([-0f, float.NaN], 2);
        using var wide = zero.To(TorchDType.Float64);

        Assert.True(zero.HasBitsOf(same));
        Assert.False(zero.HasBitsOf(negative));
        Assert.False(zero.HasBitsOf(wide));
        Assert.True(double.IsNaN(zero.MaxDifference(same)));
    }

    [Fact]
    public void Addition_scales_its_second_operand()
    {
        using var a = Tensor.From(Six, 6);
        using var b = Tensor.Full(2, TorchDType.Float32, [6]);
        using var sum = a.Add(b, 0.5);

        Assert.Equal([2f, 3f, 4f, 5f, 6f, 7f], sum.ToArray<float>());
        Assert.Equal(1, sum.MaxDifference(a));
    }

    [Theory]
    [InlineData(TorchDType.Float16)]
    [InlineData(TorchDType.BFloat16)]
    [InlineData(TorchDType.Float64)]
    [InlineData(TorchDType.Int8)]
    [InlineData(TorchDType.Bool)]
    [InlineData(TorchDType.Complex64)]
    [InlineData(TorchDType.Complex128)]
    public void Every_element_type_passes_through_bytes(TorchDType dtype)
    {
        using var source = Tensor.Full(1, dtype, [2, 3]);
        var bytes = new byte[6 * dtype.ItemSize()];
        source.CopyTo(bytes);
        using var copy = (Tensor)new TensorFactory().Create(source.DTypeName, source.Shape, bytes, null);

        Assert.True(copy.HasBitsOf(source));
        Assert.Equal(dtype, TorchDTypes.Parse(copy.DTypeName));
    }
}
