using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Engine.Models.Harmonics;

/// <summary>Makes the tables of the spectral models, worked out in double precision, buffers of their modules.</summary>
internal static class Tables
{
    /// <param name="values">In C order.</param>
    /// <param name="size">Extents.</param>
    /// <param name="dtype">Element type that they are rounded to.</param>
    /// <param name="device">Where they go.</param>
    internal static Tensor Place(double[] values, ReadOnlySpan<long> size, ScalarType dtype, Device device)
    {
        using var scope = NewDisposeScope();
        return Tensors.From(values, size).to(dtype, device).DetachFromDisposeScope();
    }
}
