namespace Cairn.Storage.State;

/// <summary>A tensor held by another library (libtorch), as the codec sees it. Storage copies it to host memory when a state is captured,
/// and never keeps a reference: the owner may go on writing into the tensor while the copy is committed.</summary>
public interface ITensorValue
{
    /// <summary>NumPy name of the element type: <c>float32</c>, <c>float64</c>, <c>int64</c>, <c>uint8</c>, <c>bool</c>, <c>complex64</c>,
    /// …</summary>
    string DTypeName { get; }

    /// <summary>Extent of each dimension; empty for a scalar tensor.</summary>
    IReadOnlyList<long> Shape { get; }

    /// <summary>Copies all elements, in C order and the machine's byte order, into <paramref name="destination"/> (exactly as many
    /// bytes).</summary>
    void CopyTo(Span<byte> destination);
}

/// <summary>Reads tensors of one library when a state is captured, and creates them from host bytes on restore. Set in the checkpoint's
/// options by the owner of the tensor type (Engine gives the one for libtorch).</summary>
public interface ITensorFactory
{
    /// <summary>The property type that this factory serves.</summary>
    Type TensorType { get; }

    /// <summary>What there is to know of a tensor of that type when a state is captured.</summary>
    ITensorValue View(object tensor);

    /// <summary>Builds a tensor from C-order bytes. <paramref name="current"/> is what the property holds now, or null; a factory may keep
    /// its device.</summary>
    object Create(string dtypeName, IReadOnlyList<long> shape, ReadOnlySpan<byte> bytes, object? current);
}

/// <summary>The tensor factory of programs that reference Cairn.Engine, which knows TorchSharp: found by name, since this assembly lies
/// below it.</summary>
internal static class DefaultTensors
{
    private const string Name = "Cairn.Engine.Torch.TensorFactory, Cairn.Engine";
    private static readonly Lazy<ITensorFactory?> Found = new(
        static () => Type.GetType(Name, throwOnError: false) is { } type ? (ITensorFactory)Activator.CreateInstance(type)! : null);

    /// <summary>The factory, or null if Cairn.Engine is not available.</summary>
    public static ITensorFactory? Factory => Found.Value;
}
