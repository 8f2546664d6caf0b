namespace Cairn.Actors.Runs;

/// <summary>What the registry's own journal keeps: which runs there are. What happens to each is in the run's journal.</summary>
/// <param name="At">When, UTC.</param>
public abstract record RegistryEvent(DateTimeOffset At);

/// <summary>A run was taken. <c>run-entered</c></summary>
public sealed record RunEntered(RunSubmission Run, DateTimeOffset At) : RegistryEvent(At);

/// <summary>
/// A run has ended: its final state is kept here, and the rest is read from its journal on request. <c>run-left</c>
/// </summary>
public sealed record RunLeft(RunRow Row, RefusalKind? Refusal, DateTimeOffset At) : RegistryEvent(At);

/// <summary>A run that had ended was retried. <c>run-returned</c></summary>
public sealed record RunReturned(string Id, DateTimeOffset At) : RegistryEvent(At);

/// <summary>A run as the index has it.</summary>
/// <param name="Id">The run.</param>
/// <param name="Number">Counts the runs, from 1.</param>
/// <param name="CheckpointPath">Its folder.</param>
/// <param name="Key">Its idempotency key, or null.</param>
/// <param name="SpecDigest">Digest of its spec, to tell whether a key comes with the same again.</param>
/// <param name="Run">What was submitted, until it has ended: a keeper that finds no journal begins with it.</param>
/// <param name="Row">How it stood when it ended; null while it has not.</param>
/// <param name="Refusal">Why it could not be opened; null for a run that was, or has not ended.</param>
public sealed record RunIndexEntry(
    string Id, int Number, string CheckpointPath, string? Key, string SpecDigest, RunSubmission? Run, RunRow? Row, RefusalKind? Refusal)
{
    public bool HasEnded => Row is not null;
}

/// <summary>The registry's index as a snapshot keeps it.</summary>
public sealed record RunIndexSnapshot(IReadOnlyList<RunIndexEntry> Runs);

/// <summary>
/// Which runs there are: ids, keys and folders. Pure; what is fed to <see cref="Apply"/> is what the registry's journal keeps.
/// </summary>
public sealed class RunIndex
{
    private readonly SortedDictionary<int, RunIndexEntry> _runs = [];
    private readonly SortedSet<int> _active = [];
    private readonly Dictionary<string, int> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _byKey = new(StringComparer.Ordinal);

    /// <summary>The number of the next run.</summary>
    public int NextNumber { get; private set; } = 1;

    /// <summary>The runs that have not ended, the oldest first.</summary>
    public IEnumerable<RunIndexEntry> Active => _active.Select(number => _runs[number]);

    /// <summary>All runs, the oldest first.</summary>
    public IReadOnlyCollection<RunIndexEntry> All => _runs.Values;

    /// <summary>A run; null when there is none.</summary>
    public RunIndexEntry? Find(string id) => _byId.TryGetValue(id, out var number) ? _runs[number] : null;

    /// <summary>The run that a key gave.</summary>
    public RunIndexEntry? OfKey(string? key) => key is not null && _byKey.TryGetValue(key, out var number) ? _runs[number] : null;

    /// <summary>The run that a folder belongs to until it has ended.</summary>
    public RunIndexEntry? OnPath(string path) => Active.FirstOrDefault(r => r.CheckpointPath == path);

    /// <summary>Runs, the newest first.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="before">Only those submitted before this one; null for the newest.</param>
    public IReadOnlyList<RunIndexEntry> Page(int limit, string? before)
    {
        var from = before is null ? int.MaxValue : Find(before)?.Number ?? 0;
        return [.. _runs.Values.Reverse().SkipWhile(r => r.Number >= from).Take(limit)];
    }

    /// <summary>What a submission comes to: the run that its key gave before, a refusal, or null for a run that is to be entered.</summary>
    public object? Answer(string path, string digest, string? key)
    {
        if (OfKey(key) is { } before)
        {
            return before.SpecDigest == digest && before.CheckpointPath == path
                ? new RunAccepted(before.Id, IsNew: false)
                : Refused($"the idempotency key \"{key}\" was used for {before.Id}, which has another spec. Use a new key for a new run");
        }

        return OnPath(path) is { } other
            ? Refused($"checkpoint.path = {path} belongs to {other.Id}, which has not ended. Wait for its end, cancel it, or use another "
                + "path")
            : null;
    }

    /// <summary>Takes what is in the journal.</summary>
    public void Apply(RegistryEvent happened)
    {
        switch (happened)
        {
            case RunEntered { Run: var run }:
                Set(new RunIndexEntry(run.Id, run.Number, run.CheckpointPath, run.IdempotencyKey, Digest(run.Spec), run, null, null));
                break;
            case RunLeft left when Find(left.Row.Id) is { } entry:
                Set(entry with { Run = null, Row = left.Row, Refusal = left.Refusal });
                break;
            case RunReturned returned when Find(returned.Id) is { } entry:
                Set(entry with { Row = null, Refusal = null });
                break;
        }
    }

    /// <summary>All that there is in the index.</summary>
    public RunIndexSnapshot ToSnapshot() => new([.. _runs.Values]);

    /// <summary>Takes what a snapshot was made of.</summary>
    public void Restore(RunIndexSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        snapshot.Runs.ToList().ForEach(Set);
    }

    /// <summary>A spec in short.</summary>
    public static string Digest(string spec) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(spec)));

    /// <summary>What a command about a run that has ended is answered, where that needs no journal: null for a retry that does.</summary>
    public static object? AnswerEnded(RunRow row, object command)
    {
        ArgumentNullException.ThrowIfNull(row);
        return command switch
        {
            CancelRun when row.IsCancelled => new RunTold(row.Id),
            RetryRun when row.State != RunState.Completed => null,
            RetryRun => new NotApplicable(row.Id, "it is complete; only a run that failed or was cancelled can be retried"),
            _ => new NotApplicable(row.Id, "it has ended"),
        };
    }

    private void Set(RunIndexEntry entry)
    {
        _runs[entry.Number] = entry;
        _ = entry.HasEnded ? _active.Remove(entry.Number) : _active.Add(entry.Number);
        NextNumber = Math.Max(NextNumber, entry.Number + 1);
        _byId[entry.Id] = entry.Number;
        if (entry.Key is { } key)
        {
            _byKey[key] = entry.Number;
        }
    }

    private static RunRefused Refused(string reason) => new(RefusalKind.Conflict, reason + ".", []);
}
