using System.Diagnostics.Metrics;
using Cairn.Actors.Members;

namespace Cairn.Actors.Nodes;

/// <summary>What a node is and holds, as instruments of .NET. They end with the node: one that comes again has others.</summary>
internal sealed class NodeMeter : IDisposable
{
    private readonly Meter _meter = new(MemberMeter.MeterName);
    private int _held;

    /// <param name="slots">Ranks that it steps side by side.</param>
    public NodeMeter(int slots)
    {
        _ = _meter.CreateObservableGauge("cairn.worker.slots", () => slots, "{slot}", "Ranks that this worker steps side by side.");
        _ = _meter.CreateObservableGauge(
            "cairn.worker.grants", () => Volatile.Read(ref _held), "{grant}",
            "Batches, openings and closings that this worker has in its hands.");
        MemberMeter.Begin();
    }

    /// <summary>It holds so many grants now.</summary>
    public void Holds(int grants) => Volatile.Write(ref _held, grants);

    public void Dispose() => _meter.Dispose();
}
