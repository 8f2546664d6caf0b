using System.Diagnostics.Metrics;
using System.Globalization;
using System.Security.Cryptography;
using Cairn.Actors.Members;
using Cairn.Actors.Ranks;
using Cairn.Actors.Runs;
using Cairn.Engine.Extensions;

namespace Cairn.Actors.Nodes;

/// <param name="Identity">The node's description; called again, for a new id, each time the node restarts.</param>
/// <param name="Registry">The registry, or a proxy of it.</param>
internal sealed record NodeSetup(Func<NodeInfo> Identity, IActorRef Registry, NodeRuns Runs)
{
    /// <summary>How often it reports what it holds.</summary>
    public TimeSpan HelloInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The machine's load average over a minute; null if unknown.</summary>
    public Func<double?> Load { get; init; } = static () => null;

    /// <summary>Writes a line to the node's log; called from several threads.</summary>
    public Action<NodeLine> Say { get; init; } = static _ => { };

    /// <summary>Called once the node holds nothing any more and the registry knows that it leaves.</summary>
    public Action<NodeLeft> Left { get; init; } = static _ => { };
}

/// <summary>A node has left.</summary>
/// <param name="Reason">Why it was drained.</param>
/// <param name="Abandoned">Batches that were ended before they reached a boundary.</param>
public sealed record NodeLeft(string Reason, int Abandoned);

/// <summary>
/// Ends at once what a draining node has not handed back yet: another node repeats the steps since the last sessions.
/// </summary>
internal sealed record AbandonNode : INoSerializationVerificationNeeded;

/// <summary>A node's slots and grants, as .NET instruments that end with the node.</summary>
internal sealed class NodeMeter : IDisposable
{
    private readonly Meter _meter = new(MemberMeter.MeterName);
    private int _held;

    public NodeMeter(int slots)
    {
        _ = _meter.CreateObservableGauge("cairn.worker.slots", () => slots, "{slot}", "Ranks that this worker steps side by side.");
        _ = _meter.CreateObservableGauge(
            "cairn.worker.grants", () => Volatile.Read(ref _held), "{grant}",
            "Batches, openings and closings that this worker holds.");
        MemberMeter.Begin();
    }

    public void Holds(int grants) => Volatile.Write(ref _held, grants);

    public void Dispose() => _meter.Dispose();
}

/// <summary>Describes this process's node for the registry.</summary>
public static class WorkerIdentity
{
    /// <summary>A node with a new id.</summary>
    /// <param name="name">Its name for people; null for the host's name.</param>
    /// <param name="slots">Ranks that it steps concurrently; null for one per core.</param>
    /// <param name="labels">Labels that runs may require.</param>
    /// <param name="torch">The libtorch that it steps with.</param>
    /// <param name="address">Its address in the cluster, '#' and its uid; empty in the registry's own process.</param>
    public static NodeInfo Of(string? name, int? slots, IReadOnlyList<string> labels, LocalLibtorch torch, string address = "")
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
