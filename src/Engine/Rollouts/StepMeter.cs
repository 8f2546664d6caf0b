using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Cairn.Engine.Rollouts;

/// <summary>Measurements of stepping, as instruments of <see cref="MeterName"/>. Without a listener, nothing is measured.</summary>
public static class StepMeter
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Cairn.Engine";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        "cairn.step.duration", "s", "Time of a model step on a rank, as the thread that steps sees it.", null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
        });

    private static readonly Counter<long> Steps = Meter.CreateCounter<long>(
        "cairn.steps", "{step}", "Model steps of batches, once for all ranks and members of each.");

    internal static IReadOnlyList<Instrument> Instruments { get; } = [Durations, Steps];

    /// <summary>A step that is timed: two looks at the clock and one measurement, and no allocation.</summary>
    internal static Func<T> Timed<T>(Func<T> step, string model, int steps = 1)
    {
        var tag = KeyValuePair.Create("model", (object?)model);
        return () =>
        {
            if (!Durations.Enabled)
                return step();
            var began = Stopwatch.GetTimestamp();
            var next = step();
            var each = Stopwatch.GetElapsedTime(began).TotalSeconds / steps;
            for (var i = 0; i < steps; i++)
                Durations.Record(each, tag);
            return next;
        };
    }

    internal static void Count(long steps) => Steps.Add(steps);
}

/// <summary>Measures how long a rank waits for its gang, and counts its steps.</summary>
/// <param name="control">The gang.</param>
/// <param name="countsSteps">Whether this rank counts the gang's steps.</param>
internal sealed class MeasuredControl(IBoundaryControl control, bool countsSteps) : IBoundaryControl
{
    private long _counted;

    public bool MayStep(int boundary) => StorageMeter.Stalled(
        StallCause.Barrier, (control, boundary), static at => at.control.MayStep(at.boundary));

    public bool CommitsAt(int boundary) => control.CommitsAt(boundary);
    public void Committing(int boundary) => control.Committing(boundary);
    public int? AwaitDecision() => StorageMeter.Stalled(StallCause.Barrier, control, static gang => gang.AwaitDecision());

    public void Reached(int boundary, TimeSpan leadTime, long steps)
    {
        if (countsSteps)
        {
            StepMeter.Count(steps - _counted);
            _counted = steps;
        }
        control.Reached(boundary, leadTime, steps);
    }

    public bool CanGoOnAfter(TransientException failure) => control.CanGoOnAfter(failure);
    public void Warn(string text) => control.Warn(text);
}
