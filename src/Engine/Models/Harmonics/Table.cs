using Cairn.Engine.Torch;

namespace Cairn.Engine.Models.Harmonics;

/// <summary>One buffer of the script, in C order.</summary>
internal sealed record Table(double[] Values, params long[] Shape)
{
    internal Tensor ToTensor(TorchDType dtype, TorchDevice device)
    {
        using var values = Tensor.From(Values, Shape);
        return values.To(device, dtype);
    }
}
