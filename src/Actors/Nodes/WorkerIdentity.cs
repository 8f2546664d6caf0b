using System.Globalization;
using System.Security.Cryptography;
using Cairn.Actors.Ranks;
using Cairn.Actors.Runs;
using Cairn.Engine.Extensions;

namespace Cairn.Actors.Nodes;

/// <summary>What a process registers its node as.</summary>
public static class WorkerIdentity
{
    /// <summary>A node with a new id.</summary>
    /// <param name="name">What people call the node; null for the host's name.</param>
    /// <param name="slots">Ranks that it steps side by side; null for one a core.</param>
    /// <param name="labels">What runs may ask for.</param>
    /// <param name="torch">What it steps with.</param>
    /// <param name="address">Its address in the cluster with '#' and its uid; empty in the registry's own process.</param>
    public static NodeInfo Of(string? name, int? slots, IReadOnlyList<string> labels, LibtorchHere torch, string address = "")
    {
        var host = Environment.MachineName;
        var suffix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3));
        ArgumentNullException.ThrowIfNull(torch);
        List<string> devices =
        [
            "cpu", .. Enumerable.Range(0, torch.CudaDevices).Select(i => string.Create(CultureInfo.InvariantCulture, $"cuda:{i}")),
        ];
        var version = typeof(WorkerIdentity).Assembly.GetName().Version?.ToString(3) ?? "0";
        return new NodeInfo(
            $"{name ?? host}-{suffix}", host, Environment.ProcessId, address, $"cairn {version}, libtorch {torch.Version}",
            slots ?? Environment.ProcessorCount, false, devices, labels)
        {
            Extensions = [.. LoadedExtensions.Here.Select(extension => extension.Name)],
        };
    }
}
