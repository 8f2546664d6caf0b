using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Ranks;

// Measurements of a rank process are exported by its node: short-lived processes are not scraped.

/// <summary>What a process of ranks has measured since it last told.</summary>
/// <param name="Series">By instrument and label.</param>
internal sealed record RankMeasured(IReadOnlyList<MeasuredSeries> Series);

/// <summary>What an instrument measured: each value of a histogram, the sum of a counter.</summary>
/// <param name="Instrument">Its name.</param>
/// <param name="Label">The name of its label; null where it has none.</param>
/// <param name="Value">The label's value.</param>
/// <param name="Values">The values.</param>
internal sealed record MeasuredSeries(string Instrument, string? Label, string? Value, IReadOnlyList<double> Values);

/// <summary>A process of ranks' end: gathers what its layers measure. Called from all threads.</summary>
internal sealed class MeasuresGatherer : IDisposable
{
    private const int MostValues = 50_000;
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private Dictionary<(string Instrument, string? Label, string? Value), List<double>> _measured = [];

    public MeasuresGatherer()
    {
        foreach (var instrument in NodeMeasures.Known.Values)
        {
            _listener.EnableMeasurementEvents(instrument);
        }

        _listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => Add(instrument, value, labels, isSum: false));
        _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => Add(instrument, value, labels, isSum: true));
        _listener.Start();
    }

    /// <summary>What was measured since the last call, in messages that a connection carries.</summary>
    public IEnumerable<RankMeasured> Take()
    {
        Dictionary<(string Instrument, string? Label, string? Value), List<double>> taken;
        lock (_lock)
        {
            (taken, _measured) = (_measured, []);
        }

        return from t in taken
               from part in t.Value.Chunk(MostValues)
               select new RankMeasured([new MeasuredSeries(t.Key.Instrument, t.Key.Label, t.Key.Value, part)]);
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels, bool isSum)
    {
        var key = labels.Length > 0 ? (instrument.Name, labels[0].Key, labels[0].Value as string) : (instrument.Name, null, null);
        lock (_lock)
        {
            ref var values = ref CollectionsMarshal.GetValueRefOrAddDefault(_measured, key, out _);
            values ??= [];
            if (isSum && values.Count > 0)
            {
                values[0] += value;
            }
            else
            {
                values.Add(value);
            }
        }
    }
}

/// <summary>The node's end: measures again what its processes of ranks have measured.</summary>
internal static class NodeMeasures
{
    /// <summary>The instruments of the layers that ranks are stepped by. Each has one label, or none.</summary>
    public static IReadOnlyDictionary<string, Instrument> Known { get; } =
        StorageMeter.Instruments.Concat(StepMeter.Instruments).ToDictionary(i => i.Name, StringComparer.Ordinal);

    /// <summary>Whether anybody listens.</summary>
    public static bool AreHeard => Known.Values.Any(instrument => instrument.Enabled);

    public static void Measure(RankMeasured measured)
    {
        foreach (var series in measured.Series)
        {
            KeyValuePair<string, object?>[] labels = series.Label is { } label ? [new(label, series.Value)] : [];
            switch (Known.GetValueOrDefault(series.Instrument))
            {
                case Histogram<double> histogram:
                    series.Values.ToList().ForEach(value => histogram.Record(value, labels));
                    break;
                case Counter<long> counter:
                    series.Values.ToList().ForEach(value => counter.Add((long)value, labels));
                    break;
            }
        }
    }
}
