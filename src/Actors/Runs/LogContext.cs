using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>What a line of a log is about, by names that are the same in all of Cairn's logs.</summary>
internal static class LogContext
{
    private static readonly string[] Names = ["run", "batch", "epoch", "rank", "node"];

    /// <summary>Those that are known.</summary>
    public static IReadOnlyDictionary<string, object> Of(
        string? run, MemberRange? batch = null, int? epoch = null, int? rank = null, string? node = null)
    {
        object?[] values = [run, batch is { } known ? RunWork.Label(known) : null, epoch, rank, node];
        return Names.Zip(values, KeyValuePair.Create).Where(pair => pair.Value is not null)
            .ToDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.Ordinal);
    }

    /// <summary>A log whose entries are about all that.</summary>
    public static ILoggingAdapter About(
        this ILoggingAdapter log, string? run, MemberRange? batch = null, int? epoch = null, string? node = null) =>
        Of(run, batch, epoch, null, node).Aggregate(log, (about, pair) => about.WithContext(pair.Key, pair.Value));

    /// <summary>What an entry is about.</summary>
    public static IReadOnlyDictionary<string, object> Of(LogEvent entry) =>
        entry.TryGetProperties(out var properties) && properties is not null
            ? properties.Where(p => Names.Contains(p.Key)).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal)
            : new Dictionary<string, object>(StringComparer.Ordinal);
}
