using TorchSharp;

namespace Cairn.Engine.Torch;

/// <summary>Sums, and products with numbers, for whatever is done in every step. TorchSharp's operators (<c>a + b</c>, <c>2 * a</c>) wrap a
/// number in a <see cref="Scalar"/> that nothing holds while libtorch reads it: a garbage collection at that moment frees it, and the sum
/// fails or is wrong. Seen once in some ten million sums. Differences, products and quotients of tensors wrap nothing.</summary>
public static class Arithmetic
{
    private static readonly Scalar One = 1;

    /// <summary>The sum.</summary>
    public static Tensor Plus(this Tensor tensor, Tensor other) => tensor.add(other, One);

    /// <summary>The sum with a multiple of another tensor.</summary>
    public static Tensor Plus(this Tensor tensor, Tensor other, double factor)
    {
        using Scalar held = factor;
        return tensor.add(other, held);
    }

    /// <summary>Each element plus a number, in the tensor's element type.</summary>
    public static Tensor Plus(this Tensor tensor, double number)
    {
        using Scalar held = number;
        return tensor.add(held, One);
    }

    /// <summary>Each element times a number, in the tensor's element type.</summary>
    public static Tensor Times(this Tensor tensor, double factor)
    {
        using Scalar held = factor;
        return tensor.mul(held);
    }

    /// <summary>Adds a product to this tensor, in place.</summary>
    internal static void AddProduct(this Tensor tensor, Tensor first, Tensor second) => tensor.addcmul_(first, second, One);
}
