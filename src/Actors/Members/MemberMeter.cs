using System.Diagnostics.Metrics;

namespace Cairn.Actors.Members;

/// <summary>Outcomes of gangs on a node, as .NET instruments.</summary>
public static class MemberMeter
{
    /// <summary>The name of the actors' meters.</summary>
    public const string MeterName = "Cairn.Actors";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "cairn.failures", "{failure}", "Gangs that failed on this node, by what failed.");

    private static readonly Counter<long> Restarts = Meter.CreateCounter<long>(
        "cairn.restarts", "{restart}", "Gangs that this node started again, by what had failed.");

    private static readonly Counter<long> Sessions = Meter.CreateCounter<long>(
        "cairn.sessions", "{session}", "Sessions of this node's batches that became durable.");

    private static readonly Counter<long> Aborted = Meter.CreateCounter<long>(
        "cairn.sessions.aborted", "{session}", "Sessions of this node's batches that were given up before they became durable.");

    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        "cairn.session.duration", "s", "Time from the first rank's commit until the session of all ranks is durable.", null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
        });

    private static readonly KeyValuePair<string, object?>[] Causes =
        [.. Enum.GetValues<FailureKind>().Select(kind => KeyValuePair.Create("cause", (object?)Word(kind)))];

    /// <summary>A kind of failure as a label's value.</summary>
    internal static string Word(FailureKind kind) => $"{kind}".ToLowerInvariant();

    /// <summary>Creates every series with the value 0, so that a first failure shows as an increase.</summary>
    internal static void Begin()
    {
        foreach (var cause in Causes)
        {
            Failures.Add(0, cause);
            Restarts.Add(0, cause);
        }

        Sessions.Add(0);
        Aborted.Add(0);
    }

    internal static void Failed(FailureKind kind) => Failures.Add(1, Causes[(int)kind]);

    internal static void Restarted(FailureKind kind) => Restarts.Add(1, Causes[(int)kind]);

    internal static void Committed(TimeSpan took)
    {
        Sessions.Add(1);
        Durations.Record(took.TotalSeconds);
    }

    internal static void CommitAborted() => Aborted.Add(1);
}
