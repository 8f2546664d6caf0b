using Cairn.Engine.Torch;

namespace Cairn.Engine.Models.Barotropic;

/// <summary>Finds out whether this machine's matrix products round a member alike in batches of different sizes.</summary>
/// <remarks>
/// The reference BLAS does: each element is one sum in one order. An optimised BLAS may choose its kernel by the batch, and nothing in its
/// interface tells. On a GPU the answer is taken to be yes: kernels are chosen by size there.
/// </remarks>
internal static class BatchProbe
{
    /// <summary>Even, odd and not a multiple of a vector's length.</summary>
    private static readonly int[] Sizes = [2, 5];

    /// <summary>Whether a member's bits may depend on its batch.</summary>
    internal static bool TellsApart(BarotropicModel model, long[] stateShape, TorchDType dtype, TorchDevice device) =>
        device.IsCuda || Sizes.Any(size => Differs(model, size, stateShape, dtype));

    private static bool Differs(BarotropicModel model, int size, long[] stateShape, TorchDType dtype)
    {
        // Numbers without a pattern and of a vorticity's size; any will do, as long as they are always the same.
        var length = size * stateShape.Aggregate(1L, (a, b) => a * b);
        double[] values = [.. Enumerable.Range(0, (int)length).Select(i => 1e-5 * Math.Sin(1e-3 * i * (double)i))];
        using var doubles = Tensor.From(values, [size, .. stateShape]);
        using var state = doubles.To(dtype);
        using var together = model.StepTogether(state);
        using var apart = model.StepApart(state);
        return !together.HasBitsOf(apart);
    }
}
