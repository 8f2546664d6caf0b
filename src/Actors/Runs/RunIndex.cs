using Akka.Persistence;

namespace Cairn.Actors.Runs;

/// <summary>An event in the registry's own journal, which lists the runs. What happens to a run is in the run's journal.</summary>
internal abstract record RegistryEvent(DateTimeOffset At);

/// <summary>A run was accepted. <c>run-entered</c></summary>
internal sealed record RunEntered(RunSubmission Run, DateTimeOffset At) : RegistryEvent(At);

/// <summary>A run has ended: its final state is kept here, and the rest is read from its journal on request. <c>run-left</c></summary>
internal sealed record RunLeft(RunRow Row, RefusalKind? Refusal, DateTimeOffset At) : RegistryEvent(At);

/// <summary>A run that had ended was retried. <c>run-returned</c></summary>
internal sealed record RunReturned(string Id, DateTimeOffset At) : RegistryEvent(At);

/// <param name="Key">Its idempotency key, or null.</param>
/// <param name="SpecDigest">Tells whether a key is reused with the same spec.</param>
/// <param name="Run">What was submitted; null once it has ended. A keeper with an empty journal starts with it.</param>
/// <param name="Row">Its final state; null until it has ended.</param>
internal sealed record RunIndexEntry(
    string Id, int Number, string CheckpointPath, string? Key, string SpecDigest, RunSubmission? Run, RunRow? Row, RefusalKind? Refusal)
{
    public bool HasEnded => Row is not null;
}

/// <summary>The registry's snapshot.</summary>
internal sealed record RunIndexSnapshot(IReadOnlyList<RunIndexEntry> Runs);

/// <summary>All runs, by id, key and folder: the state of the registry's journal. Pure.</summary>
internal sealed class RunIndex
{
    private readonly SortedDictionary<int, RunIndexEntry> _runs = [];
    private readonly SortedSet<int> _active = [];
    private readonly Dictionary<string, int> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _byKey = new(StringComparer.Ordinal);

    public int NextNumber { get; private set; } = 1;

    /// <summary>The runs that have not ended, oldest first.</summary>
    public IEnumerable<RunIndexEntry> Active => _active.Select(number => _runs[number]);

    /// <summary>All runs, oldest first.</summary>
    public IReadOnlyCollection<RunIndexEntry> All => _runs.Values;

    public RunIndexEntry? Find(string id) => _byId.TryGetValue(id, out var number) ? _runs[number] : null;

    public RunIndexEntry? OfKey(string? key) => key is not null && _byKey.TryGetValue(key, out var number) ? _runs[number] : null;

    /// <summary>The run that has not ended and owns a folder.</summary>
    public RunIndexEntry? OnPath(string path) => Active.FirstOrDefault(r => r.CheckpointPath == path);

    /// <summary>Runs, newest first; those submitted before <paramref name="before"/>, if that is given.</summary>
    public IReadOnlyList<RunIndexEntry> Page(int limit, string? before)
    {
        var from = before is null ? int.MaxValue : Find(before)?.Number ?? 0;
        return [.. _runs.Values.Reverse().SkipWhile(r => r.Number >= from).Take(limit)];
    }

    /// <summary>The answer to a submission: the run that its key belongs to, a refusal, or null for a new run.</summary>
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

    public RunIndexSnapshot ToSnapshot() => new([.. _runs.Values]);

    public void Restore(RunIndexSnapshot snapshot) => snapshot.Runs.ToList().ForEach(Set);

    /// <exception cref="DataException">It is another snapshot.</exception>
    public void Restore(SnapshotOffer offer) => Restore(PackedSnapshot.Unpack<RunIndexSnapshot>(offer.Snapshot)
        ?? throw new DataException($"The snapshot is not one of the registry: it is a {offer.Snapshot.GetType()}."));

    public static string Digest(string spec) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(spec)));

    /// <summary>The answer to a command about a run that has ended; null for a retry, which needs the run's journal.</summary>
    public static object? AnswerEnded(RunRow row, object command) => command switch
    {
        CancelRun when row.IsCancelled => new CommandAccepted(row.Id),
        RetryRun when row.State != RunState.Completed => null,
        RetryRun => new NotApplicable(row.Id, "it is complete; only a run that failed or was cancelled can be retried"),
        _ => new NotApplicable(row.Id, "it has ended"),
    };

    private void Set(RunIndexEntry entry)
    {
        _runs[entry.Number] = entry;
        _ = entry.HasEnded ? _active.Remove(entry.Number) : _active.Add(entry.Number);
        NextNumber = Math.Max(NextNumber, entry.Number + 1);
        _byId[entry.Id] = entry.Number;
        if (entry.Key is { } key)
            _byKey[key] = entry.Number;
    }

    private static RunRefused Refused(string reason) => new(RefusalKind.Conflict, reason + ".", []);
}

/// <summary>A registry started: on a new seed, or on one that took over. <c>registry-began</c></summary>
public sealed record RegistryBegan(DateTimeOffset At);

/// <summary>When registries started, oldest first, up to this one; from <see cref="RegistryStarts"/> to its registry.</summary>
internal sealed record RegistriesBegan(IReadOnlyList<DateTimeOffset> Times) : INoSerializationVerificationNeeded;

/// <summary>
/// Records when registries started, for users. It has its own journal and nothing waits for it, so a registry whose journal can be read but
/// not written still answers.
/// </summary>
internal sealed class RegistryStarts : ReceivePersistentActor
{
    private const int MaxListed = 200;
    private readonly List<DateTimeOffset> _times = [];

    public RegistryStarts(TimeProvider time)
    {
        Recover<RegistryBegan>(began => _times.Add(began.At));
        Recover<RecoveryCompleted>(_ => Persist(new RegistryBegan(time.GetUtcNow()), began =>
        {
            _times.Add(began.At);
            Context.Parent.Tell(new RegistriesBegan([.. _times.TakeLast(MaxListed)]));
        }));
    }

    public override string PersistenceId => "registry-starts";

    public static Props Props(TimeProvider time) => Akka.Actor.Props.Create(() => new RegistryStarts(time));
}
