using System.Diagnostics.Metrics;
using System.Text.Json;

namespace Cairn.Actors.Runs;

/// <summary>
/// Latencies of the registry and its keepers, as .NET instruments. Figures of runs and nodes are in <see cref="RegistryFigures"/>.
/// </summary>
internal static class RegistryMeter
{
    private static readonly Meter Meter = new(Members.MemberMeter.MeterName);

    private static readonly Histogram<double> Writes = Meter.CreateHistogram(
        "cairn.journal.write.duration", "s", "Time from asking a journal to keep events until it has them.", null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        });

    private static readonly Histogram<double> Delays = Meter.CreateHistogram(
        "cairn.registry.mailbox.delay", "s",
        "Time that a message to the registry waits behind the others, measured once a second by one that it sends itself.", null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.00001, 0.0001, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10],
        });

    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>(
        "cairn.attempts", "{attempt}", "Attempts at batches, openings and closings that ended, by how.");

    private static readonly KeyValuePair<string, object?> OfRun = new("journal", "run"), OfRegistry = new("journal", "registry");

    /// <summary>Creates every series with the value 0, so that the first outcome shows as an increase.</summary>
    public static void Begin()
    {
        foreach (var outcome in Enum.GetValues<AttemptOutcome>())
            Attempts.Add(0, KeyValuePair.Create("outcome", (object?)Word(outcome)));
    }

    public static void Wrote(TimeSpan took, bool isOfRun) => Writes.Record(took.TotalSeconds, isOfRun ? OfRun : OfRegistry);

    public static void Waited(TimeSpan took) => Delays.Record(took.TotalSeconds);

    public static void Ended(AttemptOutcome outcome) => Attempts.Add(1, KeyValuePair.Create("outcome", (object?)Word(outcome)));

    private static string Word(AttemptOutcome outcome) => JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString());
}
