using Cairn.Storage.Ledger;

namespace Cairn.Storage.Tests.Ledger;

/// <summary>
/// A ledger in memory that decides as the databases do, for simulations: no thread, no clock but the one that it is given, no chance.
/// The conformance suite holds it to the same promises.
/// </summary>
/// <param name="now">The ledger's clock.</param>
/// <param name="utc">The time for people.</param>
internal sealed partial class LedgerModel(Func<TimeSpan> now, Func<DateTimeOffset> utc) : IRunLedger
{
    private static readonly TimeSpan Gone = TimeSpan.FromHours(1), UsualLease = TimeSpan.FromSeconds(15);
    private readonly Lock _lock = new();
    private readonly List<Run> _runs = [];
    private readonly SortedDictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly List<LedgerEvent> _events = [];
    private readonly HashSet<Guid> _told = [];
    private readonly Dictionary<LedgerChange, TaskCompletionSource> _bells = [];

    public Task<(string RunId, bool IsNew)> SubmitAsync(RunSubmission run, CancellationToken cancel) => Do(cancel, () =>
    {
        if (run.IdempotencyKey is not null && _runs.Find(r => r.Handed.IdempotencyKey == run.IdempotencyKey) is { } before)
        {
            return before.Handed.Spec == run.Spec && before.Handed.CheckpointPath == run.CheckpointPath
                ? (before.Id, false)
                : throw new SpecException($"the key {run.IdempotencyKey} was used for {before.Id}");
        }

        if (OnPath(run.CheckpointPath) is { } other)
        {
            throw new SpecException($"{run.CheckpointPath} is that of {other.Id}");
        }

        var entered = new Run($"{run.Name.Replace(' ', '-')}-{_runs.Count + 1}", _runs.Count + 1, run, utc());
        entered.Batches[BatchKey.Opening("").First] = new(BatchKey.Opening(entered.Id), -2, 1) { State = BatchState.Waiting };
        _runs.Add(entered);
        Tell("run submitted", entered.Id, null, null);
        Ring(LedgerChange.Work);
        return (entered.Id, true);
    });

    public Task<IReadOnlyList<RunRow>> RunsAsync(int limit, string? before, CancellationToken cancel) =>
        Do<IReadOnlyList<RunRow>>(cancel, () =>
        {
            var from = before is null ? int.MaxValue : _runs.Find(r => r.Id == before)?.Number ?? 0;
            var page = _runs.Where(r => r.Number < from).OrderByDescending(r => r.Number).Take(limit);
            return [.. page.Select(r => r.ToRow() with { Spec = null })];
        });

    public Task<RunRow?> RunAsync(string runId, CancellationToken cancel) => Do(cancel, () => Find(runId)?.ToRow());

    public Task<IReadOnlyList<BatchRow>> BatchesAsync(string runId, CancellationToken cancel) => Do<IReadOnlyList<BatchRow>>(
        cancel, () => [.. Batches(runId).Where(b => !b.IsPending).OrderBy(b => b.Key.First).Select(b => b.ToRow())]);

    public Task<IReadOnlyList<AttemptRow>> AttemptsAsync(string runId, CancellationToken cancel) => Do<IReadOnlyList<AttemptRow>>(
        cancel,
        () => [.. Batches(runId).SelectMany(b => b.Tries).OrderBy(a => a.StartedAt).ThenBy(a => a.Key.First).ThenBy(a => a.Number)]);

    public Task<IReadOnlyList<SessionRow>> SessionsAsync(string runId, CancellationToken cancel) =>
        Do<IReadOnlyList<SessionRow>>(cancel, () => [.. Find(runId)?.Sessions ?? []]);

    public Task<IReadOnlyList<LedgerEvent>> EventsAsync(string? runId, long after, int limit, CancellationToken cancel) =>
        Do<IReadOnlyList<LedgerEvent>>(
            cancel, () => [.. _events.Where(e => e.Number > after && (runId is null || e.RunId == runId)).Take(limit)]);

    public Task<LedgerCounts> CountsAsync(CancellationToken cancel) => Do(cancel, () => new LedgerCounts(
        _runs.GroupBy(r => r.State).ToDictionary(g => g.Key, g => g.LongCount()),
        _runs.SelectMany(r => r.Members).GroupBy(b => b.State).ToDictionary(g => g.Key, g => g.LongCount())));

    public Task<RunCommandOutcome> CancelAsync(string runId, CancellationToken cancel) => Do(cancel, () =>
    {
        if (Find(runId) is not { } run)
        {
            return RunCommandOutcome.NoSuchRun;
        }

        if (run.LastCommand == "cancel" || run.HasEnded)
        {
            return run.LastCommand == "cancel" ? RunCommandOutcome.Done : RunCommandOutcome.NotApplicable;
        }

        (run.IsCancelled, run.LastCommand) = (true, "cancel");
        Tell("run cancel requested", runId, null, null);
        foreach (var batch in run.Batches.Values.Where(b => b.IsWaiting && !b.Key.IsClosing))
        {
            batch.State = BatchState.Cancelled;
        }

        if (run.Batches[-2].State == BatchState.Cancelled)
        {
            End(run, RunState.Cancelled, null);
        }

        PassToClosing(run);
        return RunCommandOutcome.Done;
    });

    public Task<RunCommandOutcome> RetryAsync(string runId, CancellationToken cancel) => Do(cancel, () =>
    {
        if (Find(runId) is not { } run)
        {
            return RunCommandOutcome.NoSuchRun;
        }

        if (!run.HasEnded)
        {
            return run.LastCommand == "retry" ? RunCommandOutcome.Done : RunCommandOutcome.NotApplicable;
        }

        if (run.State == RunState.Completed || OnPath(run.Handed.CheckpointPath) is not null)
        {
            return RunCommandOutcome.NotApplicable;
        }

        foreach (var batch in run.Batches.Values.Where(b => b.Key.IsClosing || b.State is BatchState.Failed or BatchState.Cancelled))
        {
            (batch.State, batch.IsPending, batch.Losses, batch.Error) = (BatchState.Waiting, batch.Key.IsClosing, 0, null);
        }

        run.State = run.Batches.ContainsKey(-1) ? RunState.Running : RunState.Submitted;
        (run.IsCancelled, run.LastCommand, run.Error, run.EndedAt) = (false, "retry", null, null);
        PassToClosing(run);
        Tell("run retried", runId, null, null);
        Ring(LedgerChange.Work);
        return RunCommandOutcome.Done;
    });

    public async Task WaitAsync(LedgerChange change, TimeSpan atMost, CancellationToken cancel)
    {
        Task rung;
        lock (_lock)
        {
            rung = Bell(change).Task;
        }

        try
        {
            await rung.WaitAsync(atMost, cancel);
        }
        catch (TimeoutException)
        {
            // It has lasted long enough; whoever waited looks again.
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Run? Find(string runId) => _runs.Find(r => r.Id == runId);

    private List<Batch> Batches(string runId) => Find(runId) is { } run ? [.. run.Batches.Values] : [];

    private Run? OnPath(string path) => _runs.Find(r => r.Handed.CheckpointPath == path && !r.HasEnded);

    private void End(Run run, RunState state, string? error)
    {
        (run.State, run.Error, run.EndedAt) = (state, error, utc());
        Tell($"run {$"{state}".ToLowerInvariant()}", run.Id, null, null);
    }

    private void PassToClosing(Run run)
    {
        if (run.Batches.GetValueOrDefault(-1) is { IsPending: true } closing
            && !run.Members.Any(b => b.State is BatchState.Waiting or BatchState.Leased))
        {
            closing.IsPending = false;
            Ring(LedgerChange.Work);
        }
    }

    private void Tell(string kind, string? run, int? first, string? node, string detail = "{}")
    {
        _events.Add(new(_events.Count + 1, run, first, utc(), node, kind, detail));
        Ring(LedgerChange.Events);
    }

    private TaskCompletionSource Bell(LedgerChange change)
    {
        if (!_bells.TryGetValue(change, out var bell))
        {
            _bells[change] = bell = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return bell;
    }

    private void Ring(LedgerChange change)
    {
        if (_bells.Remove(change, out var bell))
        {
            bell.TrySetResult();
        }
    }

#pragma warning disable CA1068 // The token first, so that what is done comes last and may be long.
    private Task<T> Do<T>(CancellationToken cancel, Func<T> call)
#pragma warning restore CA1068
    {
        if (cancel.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancel);
        }

        lock (_lock)
        {
            try
            {
                return Task.FromResult(call());
            }
            catch (Exception e) when (e is CairnException or InvalidOperationException)
            {
                return Task.FromException<T>(e);
            }
        }
    }
}
