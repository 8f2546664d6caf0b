namespace Cairn.Engine.Torch;

/// <summary>Tensors in checkpoints: their bytes when a state is captured, and new ones on restore, onto the device of the tensor that is
/// replaced, else onto the one given here.</summary>
public sealed class TensorFactory(Device? device) : ITensorFactory
{
    /// <summary>Makes tensors on the CPU where there is none to replace; what checkpoints take unless they are given another.</summary>
    public TensorFactory() : this(null) { }

    public Type TensorType => typeof(Tensor);
    public ITensorValue View(object tensor) => new Captured((Tensor)tensor);

    public object Create(string dtypeName, IReadOnlyList<long> shape, ReadOnlySpan<byte> bytes, object? current)
    {
        var place = current is Tensor { IsInvalid: false } tensor ? tensor.device : device;
        return Tensors.FromBytes(bytes, DTypes.Parse(dtypeName), shape.ToArray(), place);
    }

    private sealed class Captured(Tensor tensor) : ITensorValue
    {
        public string DTypeName => tensor.dtype.Name();
        public IReadOnlyList<long> Shape { get; } = tensor.shape;
        public void CopyTo(Span<byte> destination) => tensor.CopyTo(destination);
    }
}
