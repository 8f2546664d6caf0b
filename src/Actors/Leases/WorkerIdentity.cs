using System.Globalization;
using System.Security.Cryptography;
using Cairn.Engine.Torch;
using Cairn.Storage.Ledger;

namespace Cairn.Actors.Leases;

/// <summary>What a process registers itself as.</summary>
public static class WorkerIdentity
{
    /// <summary>A registration with a new id.</summary>
    /// <param name="name">What people call the node; null for the host's name.</param>
    /// <param name="slots">Ranks that it steps side by side; null for one a core.</param>
    /// <param name="labels">What runs may ask for.</param>
    public static NodeRegistration Of(string? name, int? slots, IReadOnlyList<string> labels)
    {
        var host = Environment.MachineName;
        var suffix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3));
        var cuda = TorchRuntime.CudaDeviceCount;
        List<string> devices =
        [
            "cpu", .. Enumerable.Range(0, cuda).Select(i => string.Create(CultureInfo.InvariantCulture, $"cuda:{i}")),
        ];
        var version = typeof(WorkerIdentity).Assembly.GetName().Version?.ToString(3) ?? "0";
        return new NodeRegistration(
            $"{name ?? host}-{suffix}", host, Environment.ProcessId, $"cairn {version}, libtorch {TorchRuntime.Version}",
            slots ?? Environment.ProcessorCount, devices, labels);
    }
}
