namespace Cairn.Storage.Ledger.Sql;

internal sealed partial class SqlLedger
{
    private const string Cancel = "cancel", Retry = "retry";

    /// <inheritdoc/>
    public Task<RunCommandOutcome> CancelAsync(string runId, CancellationToken cancel) => CommandAsync(
        runId,
        async (session, run) =>
        {
            if (run.LastCommand == Cancel)
            {
                return RunCommandOutcome.Done;
            }

            if (run.HasEnded)
            {
                return RunCommandOutcome.NotApplicable;
            }

            await session.ExecuteAsync("cancel-run", new { run = runId }).ConfigureAwait(false);
            await session.TellAsync("run cancel requested", runId, null, null, EventDetail.None).ConfigureAwait(false);
            await AfterCancelAsync(session, runId).ConfigureAwait(false);
            return RunCommandOutcome.Done;
        },
        cancel);

    /// <inheritdoc/>
    public Task<RunCommandOutcome> RetryAsync(string runId, CancellationToken cancel) => CommandAsync(
        runId,
        async (session, run) =>
        {
            if (!run.HasEnded)
            {
                return run.LastCommand == Retry ? RunCommandOutcome.Done : RunCommandOutcome.NotApplicable;
            }

            var path = new { path = run.CheckpointPath, run = runId };
            if (run.State == RunState.Completed || await session.FirstAsync<string>("run-on-path", path).ConfigureAwait(false) is not null)
            {
                return RunCommandOutcome.NotApplicable;
            }

            await session.ExecuteAsync("retry-run", new { run = runId }).ConfigureAwait(false);
            await session.ExecuteAsync("pass-to-closing", new { run = runId }).ConfigureAwait(false);
            await session.TellAsync("run retried", runId, null, null, EventDetail.None).ConfigureAwait(false);
            return RunCommandOutcome.Done;
        },
        cancel);

    private Task<RunCommandOutcome> CommandAsync(
        string runId, Func<SqlSession, CommandedRun, Task<RunCommandOutcome>> command, CancellationToken cancel) => TransactAsync(
        async session =>
        {
            var run = await session.FirstAsync<CommandedRun>("lock-run", new { run = runId }).ConfigureAwait(false);
            if (run is null)
            {
                return RunCommandOutcome.NoSuchRun;
            }

            session.Ring(LedgerChange.Work);
            return await command(session, run).ConfigureAwait(false);
        },
        cancel);

    /// <summary>A run that nobody had begun to open has ended; otherwise its closing may be all that is left.</summary>
    private static async Task AfterCancelAsync(SqlSession session, string runId)
    {
        var batches = await session.QueryAsync<BatchRecord>("batches", new { run = runId }).ConfigureAwait(false);
        var opening = batches.First(b => new BatchKey(runId, b.First).IsOpening);
        if (opening.State == BatchState.Cancelled)
        {
            await EndRunAsync(session, runId, RunState.Cancelled, null).ConfigureAwait(false);
        }

        await session.ExecuteAsync("pass-to-closing", new { run = runId }).ConfigureAwait(false);
    }
}
