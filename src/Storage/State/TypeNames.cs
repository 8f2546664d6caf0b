using System.Text.RegularExpressions;

namespace Cairn.Storage.State;

/// <summary>A <c>torch.device</c> by name: <c>cpu</c>, <c>cuda:0</c>.</summary>
public sealed partial record TorchDeviceName(string Value)
{
    public override string ToString() => Value;

    /// <summary>Whether PyTorch could make a device of the name.</summary>
    internal bool Exists => Names().IsMatch(Value);

    internal string Refusal =>
        $"'{Value}' is not a device: expected cpu, cuda, cuda:0, or another type that PyTorch knows, with or without a number.";

    /// <summary>This device, if there is one with the name.</summary>
    /// <exception cref="CheckpointSerializationException">There is none.</exception>
    internal TorchDeviceName Require() => Exists ? this : throw new CheckpointSerializationException($"The device {Refusal}");

    [GeneratedRegex("^(?:cpu|cuda|ipu|xpu|mkldnn|opengl|opencl|ideep|hip|ve|fpga|maia|xla|lazy|vulkan|mps|meta|hpu|mtia|privateuseone)"
        + "(?::(?:0|[1-9][0-9]{0,2}))?$")]
    private static partial Regex Names();
}

/// <summary>A <c>torch.dtype</c> by name: <c>torch.float32</c>.</summary>
public sealed record TorchDTypeName(string Value)
{
    public override string ToString() => Value;
}

/// <summary>A <c>numpy.dtype</c> by name: <c>float32</c>.</summary>
public sealed record NumpyDTypeName(string Value)
{
    public override string ToString() => Value;
}
