using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Cairn.Bench.Telemetry;

/// <summary>One way to step.</summary>
internal sealed class Row(string name, Func<object?> step, Func<IDisposable?> listen)
{
    private readonly List<double> _nanoseconds = [];
    private double _bytes;

    public void Measure(int steps, bool counts)
    {
        using var listener = listen();
        var (allocated, began) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        for (var i = 0; i < steps; i++)
            _ = step();

        var took = Stopwatch.GetElapsedTime(began);
        if (counts)
        {
            _nanoseconds.Add(took.TotalNanoseconds / steps);
            _bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / steps;
        }
    }

    public override string ToString()
    {
        var sorted = _nanoseconds.Order().ToList();
        return $"{name,-28}{sorted[sorted.Count / 2],10:0.0}{sorted[0],10:0.0}{sorted[^1],10:0.0}{_bytes,12:0.000}";
    }
}

/// <summary>Takes all there is.</summary>
internal sealed class Nowhere : BaseExporter<Metric>
{
    public override ExportResult Export(in Batch<Metric> batch) => ExportResult.Success;
}
