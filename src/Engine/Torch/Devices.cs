using TorchSharp;

namespace Cairn.Engine.Torch;

/// <summary>Devices as specs name them. Two devices of libtorch that are the same place are not equal objects: compare them here.</summary>
public static class Devices
{
    /// <summary>Reads <c>cpu</c>, <c>cuda</c> (the first one), <c>cuda:N</c>, or <c>auto</c>: the first CUDA device if there is one, else
    /// the CPU.</summary>
    /// <exception cref="SpecException">The text is none of these.</exception>
    public static Device Parse(string text)
    {
        const string Prefix = "cuda:";
        return text switch
        {
            "cpu" => CPU,
            "cuda" => Cuda(0),
            "auto" => TorchRuntime.CudaDeviceCount > 0 ? Cuda(0) : CPU,
            _ when text.StartsWith(Prefix, StringComparison.Ordinal)
                && int.TryParse(text.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index) => Cuda(index),
            _ => throw new SpecException($"'{text}' is not a device; expected cpu, cuda, cuda:N (such as cuda:0) or auto."),
        };
    }

    public static bool IsCuda(this Device device) => device.type == DeviceType.CUDA;

    /// <summary>Whether both are the same place; CUDA without a number is the first.</summary>
    public static bool IsSame(this Device device, Device other) =>
        device.type == other.type && Math.Max(device.index, 0) == Math.Max(other.index, 0);

    private static Device Cuda(int index) => new(DeviceType.CUDA, index);
}
