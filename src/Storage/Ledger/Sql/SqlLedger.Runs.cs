using System.Text.RegularExpressions;

namespace Cairn.Storage.Ledger.Sql;

internal sealed partial class SqlLedger
{
    /// <inheritdoc/>
    public Task<(string RunId, bool IsNew)> SubmitAsync(RunSubmission run, CancellationToken cancel) =>
        // With a key of its own where it has none, so that a transaction that is sent again finds what it entered itself.
        EnterOnceAsync(run with { IdempotencyKey = run.IdempotencyKey ?? $"once-{Guid.NewGuid():N}" }, cancel);

    private Task<(string RunId, bool IsNew)> EnterOnceAsync(RunSubmission run, CancellationToken cancel) => TransactAsync(
        async session =>
        {
            var before = await session.FirstAsync<SubmittedRecord>("submission-by-key", new { key = run.IdempotencyKey })
                .ConfigureAwait(false);
            if (before is not null)
            {
                return (Same(run, before), false);
            }

            await RefuseSharedPathAsync(session, run).ConfigureAwait(false);
            return (await EnterAsync(session, run).ConfigureAwait(false), true);
        },
        cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RunRow>> RunsAsync(int limit, string? before, CancellationToken cancel) =>
        RowsAsync(new { run = (string?)null, before, limit }, cancel);

    /// <inheritdoc/>
    public async Task<RunRow?> RunAsync(string runId, CancellationToken cancel) =>
        await RowsAsync(new { run = runId, before = (string?)null, limit = 1 }, cancel).ConfigureAwait(false) is [var run] ? run : null;

    /// <inheritdoc/>
    public Task<LedgerCounts> CountsAsync(CancellationToken cancel) => ReadAsync(
        async session =>
        {
            var lines = (await session.QueryAsync<CountLine>("counts", new { }).ConfigureAwait(false)).ToLookup(l => l.What == "run");
            return new LedgerCounts(
                lines[true].ToDictionary(l => Enum.Parse<RunState>(l.State, ignoreCase: true), l => l.Number),
                lines[false].ToDictionary(l => Enum.Parse<BatchState>(l.State, ignoreCase: true), l => l.Number));
        },
        cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<BatchRow>> BatchesAsync(string runId, CancellationToken cancel) =>
        OfRunAsync<BatchRecord, BatchRow>("batches", runId, row => row.ToRow(runId), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AttemptRow>> AttemptsAsync(string runId, CancellationToken cancel) =>
        OfRunAsync<AttemptRecord, AttemptRow>("attempts", runId, row => row.ToRow(runId), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SessionRow>> SessionsAsync(string runId, CancellationToken cancel) =>
        OfRunAsync<SessionLine, SessionRow>("sessions", runId, row => row.ToRow(runId), cancel);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LedgerEvent>> EventsAsync(string? runId, long after, int limit, CancellationToken cancel)
    {
        await AgainAsync(
            async token =>
            {
                await _dialect.NumberEventsAsync(token).ConfigureAwait(false);
                return true;
            },
            cancel).ConfigureAwait(false);
        return await ReadAsync<IReadOnlyList<LedgerEvent>>(
            async session =>
            {
                var script = runId is null ? "all-events" : "events";
                var lines = await session.QueryAsync<EventLine>(script, new { run = runId, after, limit }).ConfigureAwait(false);
                return [.. lines.Select(l => l.ToRow())];
            },
            cancel).ConfigureAwait(false);
    }

    private Task<IReadOnlyList<RunRow>> RowsAsync(object page, CancellationToken cancel) => ReadAsync<IReadOnlyList<RunRow>>(
        async session => [.. (await session.QueryAsync<RunRecord>("runs", page).ConfigureAwait(false)).Select(r => r.ToRow())],
        cancel);

    private Task<IReadOnlyList<TRow>> OfRunAsync<TRecord, TRow>(
        string script, string runId, Func<TRecord, TRow> toRow, CancellationToken cancel) => ReadAsync<IReadOnlyList<TRow>>(
        async session => [.. (await session.QueryAsync<TRecord>(script, new { run = runId }).ConfigureAwait(false)).Select(toRow)],
        cancel);

    private static string Same(RunSubmission run, SubmittedRecord before)
    {
        if (before.Spec != run.Spec || before.CheckpointPath != run.CheckpointPath)
        {
            throw new SpecException($"the idempotency key {run.IdempotencyKey} was used for another spec, which became the run "
                + $"{before.RunId}. Send the same spec again for the same run, or another key for a new one.");
        }

        return before.RunId;
    }

    private static async Task RefuseSharedPathAsync(SqlSession session, RunSubmission run)
    {
        var other = await session.FirstAsync<string>("run-on-path", new { path = run.CheckpointPath, run = "" }).ConfigureAwait(false);
        if (other is not null)
        {
            throw new SpecException($"checkpoint.path {run.CheckpointPath} is that of the run {other}, which has not ended. Wait for it, "
                + $"cancel it (cairn cancel {other}), or give this run another path.");
        }
    }

    private static async Task<string> EnterAsync(SqlSession session, RunSubmission run)
    {
        var number = await session.FirstAsync<long>("next-run-number").ConfigureAwait(false);
        var id = $"{Unsafe().Replace(run.Name, "-")}-{number}";
        await session.ExecuteAsync("enter-run", new
        {
            number,
            run = id,
            name = run.Name,
            spec = run.Spec,
            path = run.CheckpointPath,
            priority = run.Priority,
            slots = run.Slots,
            gpu = run.Requires.Gpu ? 1 : 0,
            label = run.Requires.Label,
            quarantine = run.QuarantineAfter,
            key = run.IdempotencyKey,
        }).ConfigureAwait(false);
        session.Ring(LedgerChange.Work);
        await session.TellAsync("run submitted", id, null, null, EventDetail.Of(("priority", run.Priority))).ConfigureAwait(false);
        return id;
    }

    // An id is typed in commands and stands in URLs.
    [GeneratedRegex("[^A-Za-z0-9._-]+")]
    private static partial Regex Unsafe();
}
