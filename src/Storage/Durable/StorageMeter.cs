using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Cairn.Storage.Durable;

/// <summary>Measurements of storage, as instruments of <see cref="MeterName"/>. Without a listener, nothing is measured.</summary>
public static class StorageMeter
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Cairn.Storage";

    /// <summary>Shorter waits are not counted: a free lock, or a disk that was already done.</summary>
    private static readonly TimeSpan ShortestStall = TimeSpan.FromMilliseconds(0.1);

    private static readonly Meter Meter = new(MeterName);

    private static readonly Histogram<double> Commits = Meter.CreateHistogram(
        "cairn.commit.duration", "s", "Time from staging a rank's commit until it is durable and visible.", null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
        });

    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>(
        "cairn.commit.bytes", "By", "Bytes of the state that commits made durable.");

    private static readonly Histogram<double> Stalls = Meter.CreateHistogram(
        "cairn.stall.duration", "s", "Time that a rank did not step: it waited for the other ranks, its own commit or the field writer.",
        null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
        });

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Instrument> Instruments { get; } = [Commits, Bytes, Stalls];

    /// <summary>Waits, and records how long that kept a rank from stepping.</summary>
    /// <param name="cause">What it waits for.</param>
    /// <param name="state">What <paramref name="wait"/> is given, so that it need not be made for each wait.</param>
    /// <param name="wait">Waits.</param>
    public static T Stalled<TState, T>(StallCause cause, TState state, Func<TState, T> wait)
    {
        if (!Stalls.Enabled)
            return wait(state);

        var began = Stopwatch.GetTimestamp();
        try
        {
            return wait(state);
        }
        finally
        {
            var took = Stopwatch.GetElapsedTime(began);
            if (took >= ShortestStall)
                Stalls.Record(took.TotalSeconds, Tags[(int)cause]);
        }
    }

    /// <summary>Makes a commit, and records its duration and size.</summary>
    internal static T Committed<T>(Func<T> commit, Func<T, long> bytes)
    {
        if (!Commits.Enabled && !Bytes.Enabled)
            return commit();

        var began = Stopwatch.GetTimestamp();
        var made = commit();
        Commits.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
        Bytes.Add(bytes(made));
        return made;
    }

    // Made once: a measurement allocates nothing.
    private static readonly KeyValuePair<string, object?>[] Tags =
        [.. Enum.GetValues<StallCause>().Select(cause => KeyValuePair.Create("for", (object?)$"{cause}".ToLowerInvariant()))];
}

/// <summary>What a rank waits for while it does not step.</summary>
public enum StallCause
{
    /// <summary>The other ranks of its gang: their boundaries, or their part of a session.</summary>
    Barrier,

    /// <summary>Its own commit before this one, which is not durable yet.</summary>
    Commit,

    /// <summary>Room in the queue of the thread that writes fields.</summary>
    Fields,
}
