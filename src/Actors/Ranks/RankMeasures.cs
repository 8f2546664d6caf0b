using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Ranks;

// Measurements of a rank process are exported by its node: short-lived processes are not scraped.

/// <summary>What a process of ranks has measured since its last message, by instrument and label.</summary>
internal sealed record RankMeasured(IReadOnlyList<MeasuredSeries> Series);

/// <summary>The values of one instrument and label: each value of a histogram, or the sum of a counter.</summary>
internal sealed record MeasuredSeries(string Instrument, string? Label, string? Value, IReadOnlyList<double> Values);

/// <summary>In a process of ranks: collects what its layers measure, from all threads.</summary>
internal sealed class MeasurementCollector : IDisposable
{
    private const int MaxValues = 50_000;
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private Dictionary<(string Instrument, string? Label, string? Value), List<double>> _measured = [];

    public MeasurementCollector()
    {
        foreach (var instrument in MeasurementRelay.Known.Values)
            _listener.EnableMeasurementEvents(instrument);

        _listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => Add(instrument, value, labels, isSum: false));
        _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => Add(instrument, value, labels, isSum: true));
        _listener.Start();
    }

    /// <summary>What was measured since the last call, in messages of limited size.</summary>
    public IEnumerable<RankMeasured> Take()
    {
        Dictionary<(string Instrument, string? Label, string? Value), List<double>> taken;
        lock (_lock)
        {
            (taken, _measured) = (_measured, []);
        }

        return from t in taken
               from part in t.Value.Chunk(MaxValues)
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
                values[0] += value;
            else
                values.Add(value);
        }
    }
}

/// <summary>On the node: records what its processes of ranks have measured.</summary>
internal static class MeasurementRelay
{
    /// <summary>The instruments of the layers below the actors. Each has one label, or none.</summary>
    public static IReadOnlyDictionary<string, Instrument> Known { get; } =
        StorageMeter.Instruments.Concat(StepMeter.Instruments).ToDictionary(i => i.Name, StringComparer.Ordinal);

    public static bool HasListeners => Known.Values.Any(instrument => instrument.Enabled);

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
