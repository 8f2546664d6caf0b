using Cairn.Storage.State;

namespace Cairn.Engine.Torch;

/// <summary>Restores tensors from a checkpoint: onto the device of the tensor that is replaced, else onto the one given here.</summary>
public sealed class TensorFactory : ITensorFactory
{
    private readonly TorchDevice _device;

    public TensorFactory(TorchDevice device = default) => _device = device;

    public Type TensorType => typeof(Tensor);

    public object Create(string dtypeName, IReadOnlyList<long> shape, ReadOnlySpan<byte> bytes, object? current)
    {
        var device = current is Tensor { Handle.IsClosed: false } tensor ? tensor.Device : _device;
        return Tensor.FromBytes(bytes, TorchDTypes.Parse(dtypeName), shape.ToArray(), device);
    }
}
