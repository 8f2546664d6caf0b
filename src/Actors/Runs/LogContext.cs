using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>What a log entry concerns, by names that are the same in all of Cairn's logs.</summary>
internal static class LogContext
{
    private static readonly string[] Names = ["run", "batch", "epoch", "rank", "node"];

    /// <summary>The values that are not null, by name.</summary>
    public static IReadOnlyDictionary<string, object> Of(
        string? run, MemberRange? batch = null, int? epoch = null, int? rank = null, string? node = null)
    {
        object?[] values = [run, batch is { } known ? RunWork.Label(known) : null, epoch, rank, node];
        return Names.Zip(values, KeyValuePair.Create).Where(pair => pair.Value is not null)
            .ToDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.Ordinal);
    }

    /// <summary>What an entry concerns.</summary>
    public static IReadOnlyDictionary<string, object> Of(LogEvent entry) =>
        entry.TryGetProperties(out var properties) && properties is not null
            ? properties.Where(p => Names.Contains(p.Key)).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal)
            : new Dictionary<string, object>(StringComparer.Ordinal);

    /// <summary>A log whose entries concern these.</summary>
    public static ILoggingAdapter About(
        this ILoggingAdapter log, string? run, MemberRange? batch = null, int? epoch = null, string? node = null) =>
        Of(run, batch, epoch, null, node).Aggregate(log, (about, pair) => about.WithContext(pair.Key, pair.Value));
}

/// <summary>Logs events of runs for the registry's operator.</summary>
internal static class RunLog
{
    /// <summary>Logs an event that was just journaled; <paramref name="book"/> is the run after it.</summary>
    public static void Event(ILoggingAdapter log, string run, RunBook book, JournalEvent happened)
    {
        switch (happened)
        {
            case BatchGranted e:
                log.About(run, e.Batch, e.Epoch, e.Shares[0].Node).Info(
                    "{0}: {1} is granted to {2}, epoch {3}, attempt {4}", run, RunWork.Name(e.Batch),
                    string.Join(" and ", e.Shares.Select(s => s.Node)), e.Epoch, e.Attempt);
                break;
            case AttemptEnded e:
                AttemptEnd(log, run, book.Find(e.Batch), e);
                break;
            case DeadlineChanged e:
                DeadlineChange(log.About(run), run, e);
                break;
            case BatchDropped e:
                log.About(run, e.Batch).Warning(
                    "{0}: {1} is dropped, which no node had begun: its deadline is at risk", run, RunWork.Name(e.Batch));
                break;
            case BatchTakenUp e:
                log.About(run, e.Batch).Info("{0}: {1} waits again: there is time for it", run, RunWork.Name(e.Batch));
                break;
            case BatchQuarantined e:
                log.About(run, e.Batch).Warning("{0}: {1} is {2}", run, RunWork.Name(e.Batch), e.Error);
                break;
        }
    }

    public static void Ended(ILoggingAdapter log, string run, RunBook book) => log.About(run).Info(
        "run {0} {1}{2}", run, Word(book.State), book.Error is { } error ? $": {error}" : "");

    private static void AttemptEnd(ILoggingAdapter log, string run, BatchEntry? batch, AttemptEnded ended)
    {
        log = log.About(run, ended.Batch, batch?.Epoch, batch?.Node);
        if (ended.Outcome == AttemptOutcome.Lost)
        {
            log.Warning("{0}: {1} is lost: {2}", run, RunWork.Name(ended.Batch), ended.Cause);
        }
        else
        {
            var outcome = ended.Outcome == AttemptOutcome.HandedBack ? "is handed back" : Word(ended.Outcome);
            log.Info("{0}: {1} {2}{3}", run, RunWork.Name(ended.Batch), outcome, ended.Cause is null ? "" : $": {ended.Cause}");
        }
    }

    private static void DeadlineChange(ILoggingAdapter log, string run, DeadlineChanged changed)
    {
        var (due, expected) = ($"{changed.Due:u}", changed.Expected is { } at ? $"expected at {at:u}" : "expected at no known time");
        var have = $"{changed.Complete} of the {changed.Members} members needed are complete";
        switch (changed.State)
        {
            case DeadlineState.AtRisk:
                log.Warning("{0}: the deadline of {1} is at risk: {2}, all of them {3}", run, due, have, expected);
                break;
            case DeadlineState.Missed:
                log.Warning("{0}: the deadline of {1} is missed: {2}", run, due, have);
                break;
            case DeadlineState.Met:
                log.Info("{0}: the deadline of {1} is met: {2}", run, due, have);
                break;
            default:
                log.Info("{0}: back on time for the deadline of {1}: {2}, all of them {3}", run, due, have, expected);
                break;
        }
    }

    private static string Word(Enum state) => $"{state}".ToLowerInvariant();
}
