namespace Cairn.Storage.State;

/// <summary>A <c>torch.device</c> by name: <c>cpu</c>, <c>cuda:0</c>.</summary>
public sealed record TorchDeviceName(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A <c>torch.dtype</c> by name: <c>torch.float32</c>.</summary>
public sealed record TorchDTypeName(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A <c>numpy.dtype</c> by name: <c>float32</c>.</summary>
public sealed record NumpyDTypeName(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
