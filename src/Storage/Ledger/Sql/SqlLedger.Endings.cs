namespace Cairn.Storage.Ledger.Sql;

internal sealed partial class SqlLedger
{
    /// <summary>Ends an attempt: the batch, the attempt, the event, and what follows for the run.</summary>
    private static async Task TakeBackAsync(
        SqlSession session, HeldBatch held, BatchState state, string outcome, string? cause, string? error, int losses, long? steps = null)
    {
        await session.ExecuteAsync("take-back", new
        {
            run = held.RunId,
            first = held.First,
            state = Word(state),
            outcome,
            cause = cause is null ? null : Clean(cause),
            steps,
            error,
            losses,
        }).ConfigureAwait(false);
        var detail = EventDetail.Of(("epoch", held.Epoch), ("state", Word(state)), ("cause", cause), ("losses", losses));
        await session.TellAsync($"batch {outcome}", held.Key, held.Node, detail).ConfigureAwait(false);
        if (outcome == BatchDecisions.Lost && state == BatchState.Failed)
        {
            await session.TellAsync("batch quarantined", held.Key, held.Node, EventDetail.Of(("error", error))).ConfigureAwait(false);
        }

        await SettleAsync(session, held.Key, state, error).ConfigureAwait(false);
    }

    private static async Task SettleAsync(SqlSession session, BatchKey key, BatchState state, string? error)
    {
        if (state == BatchState.Waiting)
        {
            session.Ring(LedgerChange.Work);
        }
        else if (!key.IsOpening && !key.IsClosing)
        {
            var passed = await session.ExecuteAsync("pass-to-closing", new { run = key.RunId }).ConfigureAwait(false);
            RingIf(session, passed > 0);
        }
        else
        {
            await SettleRunAsync(session, key, state, error).ConfigureAwait(false);
        }
    }

    private static async Task SettleRunAsync(SqlSession session, BatchKey key, BatchState state, string? error)
    {
        var run = new { run = key.RunId };
        var failures = await FailuresAsync(session, key.RunId).ConfigureAwait(false);
        var cancelled = await session.FirstAsync<int>("count-cancelled", run).ConfigureAwait(false);
        if (BatchDecisions.RunAfter(key, state, failures.Count, cancelled) is { } ended)
        {
            await EndRunAsync(session, key.RunId, ended, error ?? BatchDecisions.Failures(failures)).ConfigureAwait(false);
        }
        else if (key.IsOpening)
        {
            // A run without batches to step is closed at once.
            await session.ExecuteAsync("pass-to-closing", run).ConfigureAwait(false);
        }
    }

    private static async Task EndRunAsync(SqlSession session, string runId, RunState state, string? error)
    {
        await session.ExecuteAsync("end-run", new { run = runId, state = Word(state), error }).ConfigureAwait(false);
        await session.TellAsync($"run {Word(state)}", runId, null, null, EventDetail.Of(("error", error))).ConfigureAwait(false);
    }

    private static void RingIf(SqlSession session, bool rings)
    {
        if (rings)
        {
            session.Ring(LedgerChange.Work);
        }
    }

    private static string Word<T>(T state)
        where T : struct, Enum => $"{state}".ToLowerInvariant();
}
