using System.Globalization;

namespace Cairn.Engine.Torch;

/// <summary>Where a tensor lives: the CPU, or one CUDA device.</summary>
public readonly record struct TorchDevice
{
    private readonly int _index;

    private TorchDevice(int type, int index)
    {
        Type = type;
        _index = index;
    }

    /// <summary>The CPU; also what a device that was never given is.</summary>
    public static TorchDevice Cpu => default;

    public static TorchDevice Cuda(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return new(1, index);
    }

    /// <summary>The CUDA device's number; -1 for the CPU.</summary>
    public int Index => IsCuda ? _index : -1;

    public bool IsCuda => Type == 1;

    /// <summary>libtorch's number of the device type (<c>c10::DeviceType</c>): 0 is the CPU, 1 is CUDA.</summary>
    internal int Type { get; }

    /// <summary>The kind of device without its number: what may shape the bits of a result.</summary>
    public string TypeName => IsCuda ? "cuda" : "cpu";

    /// <summary>
    /// Reads <c>cpu</c>, <c>cuda</c> (the first one), <c>cuda:N</c>, or <c>auto</c>: the first CUDA device if there is one, else the CPU.
    /// </summary>
    /// <exception cref="SpecException">The text is none of these.</exception>
    public static TorchDevice Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string Prefix = "cuda:";
        return text switch
        {
            "cpu" => Cpu,
            "cuda" => Cuda(0),
            "auto" => TorchRuntime.CudaDeviceCount > 0 ? Cuda(0) : Cpu,
            _ when text.StartsWith(Prefix, StringComparison.Ordinal)
                && int.TryParse(text.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index) => Cuda(index),
            _ => throw new SpecException($"'{text}' is not a device; expected cpu, cuda, cuda:N (such as cuda:0) or auto."),
        };
    }

    internal static TorchDevice FromNative(int type, int index) => type switch
    {
        0 => Cpu,
        1 => Cuda(Math.Max(index, 0)),
        _ => throw new TorchException($"A tensor lies on device type {type}; only the CPU (0) and CUDA (1) are supported."),
    };

    public override string ToString() => IsCuda ? string.Create(CultureInfo.InvariantCulture, $"cuda:{Index}") : "cpu";
}
