using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>
/// A run's state from its journal. Pure and immutable: <see cref="Apply"/> takes an event and returns the next book, whoever reads it and
/// when. <see cref="RunDecisions"/> decides which events are journaled.
/// </summary>
public sealed record RunBook
{
    /// <summary>Before the run was submitted.</summary>
    public static RunBook Empty { get; } = new();

    /// <summary>The run as submitted; null before.</summary>
    public RunSubmission? Run { get; private init; }

    public RunState State { get; private init; }

    /// <summary>Whether it was asked to end early.</summary>
    public bool IsCancelled { get; private init; }

    /// <summary>Whether it was asked to wait.</summary>
    public bool IsPaused { get; private init; }

    /// <summary>Whether the last command was a retry, not a cancel: if repeated, it has been carried out.</summary>
    public bool WasRetried { get; private init; }

    public string? Error { get; private init; }

    /// <summary>Why it could not be opened.</summary>
    public RefusalKind? Refusal { get; private init; }

    /// <summary>Its deadline as in the journal; null for none.</summary>
    public DeadlineStanding? Deadline { get; private init; }

    /// <summary>The number of changes of the deadline's state.</summary>
    public int DeadlineChanges { get; private init; }

    /// <summary>Alerts that have not been sent, oldest first.</summary>
    public ImmutableList<DeadlineAlert> PendingAlerts { get; private init; } = [];

    public DateTimeOffset SubmittedAt { get; private init; }

    public DateTimeOffset? EndedAt { get; private init; }

    /// <summary>By first member; the opening and the closing come first.</summary>
    public ImmutableSortedDictionary<int, BatchEntry> Batches { get; private init; } = ImmutableSortedDictionary<int, BatchEntry>.Empty;

    /// <summary>The keys of batches that wait for a node.</summary>
    public ImmutableSortedSet<int> Waiting { get; private init; } = [];

    /// <summary>Those of them that a node had before: they are granted to the same node if possible.</summary>
    public ImmutableSortedSet<int> WaitingAgain { get; private init; } = [];

    /// <summary>The keys of batches that a node has.</summary>
    public ImmutableSortedSet<int> Granted { get; private init; } = [];

    /// <summary>The same by node, so that a query about a node need not go through all grants.</summary>
    public ImmutableDictionary<string, NodeHoldings> Holdings { get; private init; } =
        ImmutableDictionary.Create<string, NodeHoldings>(StringComparer.Ordinal);

    /// <summary>Batches of members by state.</summary>
    public BatchCounts Counts { get; private init; } = new(0, 0, 0, 0, 0);

    /// <summary>Its priority, raised while its deadline is at risk.</summary>
    public int Priority => Deadline is { State: DeadlineState.AtRisk } && Run?.Deadline?.Priority is { } raised
        ? Math.Max(raised, Run.Priority) : Run?.Priority ?? 0;

    public bool HasEnded => State is RunState.Completed or RunState.Failed or RunState.Cancelled;

    /// <summary>Whether its opening has completed.</summary>
    public bool IsOpened => Batches.ContainsKey(RunWork.Closing.First);

    /// <summary>Whether all batches of members have ended, and its closing waits or is granted.</summary>
    public bool IsClosing => Batches.TryGetValue(RunWork.Closing.First, out var closing) && closing.State != BatchState.Pending;

    /// <summary>A batch, the opening or the closing; null if there is none.</summary>
    public BatchEntry? Find(MemberRange batch) =>
        Batches.TryGetValue(batch.First, out var entry) && entry.Batch == batch ? entry : null;

    /// <summary>What a node holds of the run, alone or with other nodes.</summary>
    public IEnumerable<BatchEntry> GrantedTo(string node) =>
        Holdings.TryGetValue(node, out var holds) ? holds.Batches.Select(key => Batches[key]) : [];

    /// <summary>How many members are complete: those of completed batches, without dropped ones.</summary>
    public int CompleteMembers() => Batches.Values.Where(b => b is { IsOfMembers: true, State: BatchState.Completed }).Sum(b => b.Whole);

    public RunBook Apply(JournalEvent happened) => happened switch
    {
        RunSubmitted e => (this with { Run = e.Run, SubmittedAt = e.At, Deadline = DeadlineStanding.Of(e.Run.Deadline) })
            .Set(new BatchEntry(RunWork.Opening, BatchState.Waiting, 0)),
        RunOpened e => Opened(e).PassToClosing(),
        BatchGranted e => Set(Entry(e.Batch).With(e)),
        AttemptBegun e => Set(Entry(e.Batch).With(e)),
        SessionReported e => Set(Entry(e.Batch).With(e)),
        RunNoted { Event: BegunFromChm begun } e when Run is { } run =>
            (this with { Run = run with { LastLeadTime = begun.End, BegunFrom = begun.Describe() } }).Set(Entry(e.Batch).With(e)),
        RunNoted e => Set(Entry(e.Batch).With(e)),
        AttemptEnded e => Set(Entry(e.Batch).With(e, IsCancelled)).PassToClosing(),
        BatchQuarantined e => Set(Entry(e.Batch).With(e)).PassToClosing(),
        RunPaused => this with { IsPaused = true },
        RunResumed => this with { IsPaused = false },
        RunCancelled => Cancelled().PassToClosing(),
        RunRetried e => Retried(e.At).PassToClosing(),
        DeadlineChanged e => Changed(e),
        DeadlineTold e => this with { PendingAlerts = PendingAlerts.RemoveAll(alert => alert.Number == e.Number) },
        BatchTakenUp e => Set(Entry(e.Batch) with { State = BatchState.Waiting }),
        BatchDropped e => Set(Entry(e.Batch) with { State = BatchState.Dropped }).PassToClosing(),
        RunClosed e => this with { State = e.State, Refusal = e.Refusal, Error = e.Error, EndedAt = e.At },
        _ => throw new InvalidOperationException($"{happened.GetType()} is not an event of a run's journal."),
    };

    private RunBook Changed(DeadlineChanged changed)
    {
        var number = DeadlineChanges + 1;
        return this with
        {
            Deadline = new DeadlineStanding(changed.Due, changed.Members, changed.Complete, changed.State, changed.Expected),
            DeadlineChanges = number,
            PendingAlerts = Run?.Deadline is { HasAlert: true } ? PendingAlerts.Add(new DeadlineAlert(number, changed)) : PendingAlerts,
        };
    }

    private BatchEntry Entry(MemberRange batch) => Find(batch)
        ?? throw new DataException($"The journal of {Run?.Id ?? "a run"} mentions {RunWork.Name(batch)}, which no earlier event defines. "
            + "Restore the journal from a backup, or submit the run again: it continues from what is on disk.");

    private RunBook Opened(RunOpened opened)
    {
        var book = this with { State = RunState.Running };
        foreach (var (batch, epoch, hasEnded) in opened.Batches)
        {
            if (!book.Batches.ContainsKey(batch.First))
            {
                var state = hasEnded ? BatchState.Completed : IsCancelled ? BatchState.Cancelled : BatchState.Waiting;
                book = book.Set(new BatchEntry(batch, state, epoch));
            }
        }

        return book.IsOpened ? book : book.Set(new BatchEntry(RunWork.Closing, BatchState.Pending, 0));
    }

    private RunBook Cancelled()
    {
        var book = this with { IsCancelled = true, IsPaused = false, WasRetried = false };
        foreach (var key in Waiting.Where(key => key != RunWork.Closing.First))
            book = book.Set(Batches[key] with { State = BatchState.Cancelled });

        return book;
    }

    private RunBook Retried(DateTimeOffset at)
    {
        var book = this with
        {
            State = IsOpened ? RunState.Running : RunState.Submitted,
            IsCancelled = false, WasRetried = true, Error = null, Refusal = null, EndedAt = null,
            Deadline = Deadline is { State: DeadlineState.Missed } missed && at < missed.Due
                ? missed with { State = DeadlineState.OnTime, Expected = null } : Deadline,
        };
        foreach (var entry in Batches.Values.Where(b => b.IsClosing || b.State is BatchState.Failed or BatchState.Cancelled))
        {
            var state = entry.IsClosing ? BatchState.Pending : BatchState.Waiting;
            book = book.Set(entry with { State = state, Losses = 0, Error = null });
        }

        return book;
    }

    /// <summary>The closing is due once no batch of members waits or is granted.</summary>
    private RunBook PassToClosing() =>
        Batches.TryGetValue(RunWork.Closing.First, out var closing) && closing.State == BatchState.Pending
            && Counts is { Waiting: 0, Granted: 0 }
            ? Set(closing with { State = BatchState.Waiting })
            : this;

    private RunBook Set(BatchEntry entry)
    {
        var key = entry.Batch.First;
        var known = Batches.GetValueOrDefault(key);
        var before = known?.State;
        var book = this with { Batches = Batches.SetItem(key, entry) };
        return before == entry.State ? book : book with
        {
            Waiting = entry.State == BatchState.Waiting ? Waiting.Add(key) : Waiting.Remove(key),
            WaitingAgain = entry is { State: BatchState.Waiting, Node: not null } ? WaitingAgain.Add(key) : WaitingAgain.Remove(key),
            Granted = entry.State == BatchState.Granted ? Granted.Add(key) : Granted.Remove(key),
            Holdings = entry.State == BatchState.Granted ? Held(Holdings, entry, takes: true)
                : before == BatchState.Granted ? Held(Holdings, known!, takes: false) : Holdings,
            Counts = entry.IsOfMembers ? Count(Count(Counts, before, -1), entry.State, 1) : Counts,
        };
    }

    private static ImmutableDictionary<string, NodeHoldings> Held(
        ImmutableDictionary<string, NodeHoldings> holdings, BatchEntry entry, bool takes)
    {
        foreach (var share in entry.Shares)
        {
            var (key, holds) = (entry.Batch.First, holdings.GetValueOrDefault(share.Node) ?? new NodeHoldings(share.Address, 0, []));
            var next = takes ? holds with { Slots = holds.Slots + share.Slots, Batches = holds.Batches.Add(key) }
                : holds with { Slots = holds.Slots - share.Slots, Batches = holds.Batches.Remove(key) };
            holdings = next.Batches.IsEmpty ? holdings.Remove(share.Node) : holdings.SetItem(share.Node, next);
        }

        return holdings;
    }

    private static BatchCounts Count(BatchCounts counts, BatchState? state, int by) => state switch
    {
        BatchState.Waiting => counts with { Waiting = counts.Waiting + by },
        BatchState.Granted => counts with { Granted = counts.Granted + by },
        BatchState.Completed => counts with { Completed = counts.Completed + by },
        BatchState.Failed => counts with { Failed = counts.Failed + by },
        BatchState.Cancelled => counts with { Cancelled = counts.Cancelled + by },
        BatchState.Dropped => counts with { Dropped = counts.Dropped + by },
        _ => counts,
    };

    // ------------------------------------------------------------------------------------------------------------- snapshots

    public RunBookSnapshot ToSnapshot() => new(
        Run, State, IsCancelled, IsPaused, WasRetried, Error, Refusal, SubmittedAt, EndedAt, [.. Batches.Values])
    {
        Deadline = Deadline, DeadlineChanges = DeadlineChanges, PendingAlerts = PendingAlerts.IsEmpty ? null : PendingAlerts,
    };

    public static RunBook Of(RunBookSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var book = new RunBook
        {
            Run = snapshot.Run, State = snapshot.State, IsCancelled = snapshot.IsCancelled, IsPaused = snapshot.IsPaused,
            WasRetried = snapshot.WasRetried, Error = snapshot.Error, Refusal = snapshot.Refusal, SubmittedAt = snapshot.SubmittedAt,
            EndedAt = snapshot.EndedAt, Deadline = snapshot.Deadline,
            DeadlineChanges = snapshot.DeadlineChanges, PendingAlerts = [.. snapshot.PendingAlerts ?? []],
        };
        var entries = snapshot.Batches;
        return book with
        {
            Batches = entries.ToImmutableSortedDictionary(e => e.Batch.First, e => e),
            Waiting = Keys(entries, e => e.State == BatchState.Waiting),
            WaitingAgain = Keys(entries, e => e is { State: BatchState.Waiting, Node: not null }),
            Granted = Keys(entries, e => e.State == BatchState.Granted),
            Holdings = entries.Where(e => e.State == BatchState.Granted).Aggregate(book.Holdings, (h, e) => Held(h, e, takes: true)),
            Counts = entries.Where(e => e.IsOfMembers).Aggregate(book.Counts, (counts, e) => Count(counts, e.State, 1)),
        };
    }

    private static ImmutableSortedSet<int> Keys(IEnumerable<BatchEntry> entries, Func<BatchEntry, bool> which) =>
        [.. entries.Where(which).Select(e => e.Batch.First)];

    /// <summary>The run, for lists.</summary>
    public RunRow ToRow()
    {
        var run = Run ?? throw new InvalidOperationException("there is no run in this book.");
        return new RunRow(
            run.Id, run.Number, run.Name, State, IsCancelled, IsPaused, Priority, run.Slots, run.Requires, run.CheckpointPath,
            run.Members, run.LastLeadTime, Error, SubmittedAt, EndedAt, Counts)
        {
            BegunFrom = run.BegunFrom, Deadline = Deadline is { } deadline ? deadline with { Complete = CompleteMembers() } : null,
        };
    }
}

/// <summary>What a node holds of a run.</summary>
/// <param name="Address">Its address in the cluster.</param>
/// <param name="Slots">Slots in use.</param>
/// <param name="Batches">The keys of the batches.</param>
public sealed record NodeHoldings(string Address, int Slots, ImmutableSortedSet<int> Batches);

/// <summary>A snapshot of a run's book. <c>run-book</c></summary>
public sealed record RunBookSnapshot(
    RunSubmission? Run, RunState State, bool IsCancelled, bool IsPaused, bool WasRetried, string? Error, RefusalKind? Refusal,
    DateTimeOffset SubmittedAt, DateTimeOffset? EndedAt, IReadOnlyList<BatchEntry> Batches)
{
    /// <summary>The run's deadline; null for none.</summary>
    public DeadlineStanding? Deadline { get; init; }

    /// <summary>The number of changes of the deadline's state.</summary>
    public int DeadlineChanges { get; init; }

    /// <summary>Alerts that have not been sent; null for none.</summary>
    [JsonPropertyName("untold")]
    public IReadOnlyList<DeadlineAlert>? PendingAlerts { get; init; }
}
