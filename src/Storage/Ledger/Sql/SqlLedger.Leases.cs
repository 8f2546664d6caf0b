using System.Text.Json;

namespace Cairn.Storage.Ledger.Sql;

internal sealed partial class SqlLedger
{
    private const string NoCause = "no cause was given";

    /// <inheritdoc/>
    public async Task<int> BeginEpochAsync(Lease lease, int onDisk, CancellationToken cancel) =>
        await StatementAsync(session => session.FirstAsync<int?>("begin-epoch", Of(lease, new { onDisk })), cancel).ConfigureAwait(false)
            ?? throw Fenced(lease);

    /// <inheritdoc/>
    public Task OpenedAsync(Lease lease, OpenedRun opened, CancellationToken cancel) => TransactAsync(
        async session =>
        {
            var held = await HeldAsync(session, lease, BatchDecisions.Word(AttemptOutcome.Completed)).ConfigureAwait(false);
            if (held is null)
            {
                return;
            }

            var run = lease.Batch.RunId;
            var isCancelled = await IsCancelledAsync(session, run).ConfigureAwait(false);
            await session.ExecuteAsync("opened", new { run }).ConfigureAwait(false);
            await session.ExecuteAsync("enter-batches", new
            {
                run,
                state = isCancelled ? "cancelled" : "waiting",
                batches = JsonSerializer.Serialize(opened.Batches.Select(b => new { first = b.First, last = b.Last })),
            }).ConfigureAwait(false);
            var detail = EventDetail.Of(("batches", opened.Batches.Count));
            await session.TellAsync("run opened", run, null, lease.NodeId, detail).ConfigureAwait(false);
            await TakeBackAsync(session, held, BatchState.Completed, "completed", null, null, 0).ConfigureAwait(false);
            session.Ring(LedgerChange.Work);
        },
        cancel);

    /// <inheritdoc/>
    public async Task RecordSessionAsync(Lease lease, SessionRecord session, CancellationToken cancel)
    {
        var parameters = Of(lease, new
        {
            name = session.Name,
            epoch = session.Epoch,
            leadTime = session.LeadTime.Ticks,
            detail = EventDetail.Of(
                ("session", session.Name), ("epoch", session.Epoch), ("lead_time_s", session.LeadTime.TotalSeconds)),
        });
        var held = await StatementAsync(
            sql =>
            {
                sql.Ring(LedgerChange.Events);
                return sql.FirstAsync<long>("record-session", parameters);
            },
            cancel).ConfigureAwait(false);
        if (held == 0)
        {
            throw Fenced(lease);
        }
    }

    /// <inheritdoc/>
    public Task RecordEventsAsync(Lease lease, IReadOnlyList<EventRecord> events, CancellationToken cancel) => TransactAsync(
        async session =>
        {
            if (await session.FirstAsync<HeldBatch>("held-batch", Of(lease)).ConfigureAwait(false) is null)
            {
                throw Fenced(lease);
            }

            session.Ring(LedgerChange.Events);
            foreach (var told in events)
            {
                var parameters = Of(lease, new { kind = told.Kind, detail = Clean(told.Detail), sentAs = $"{told.Id:N}" });
                await session.ExecuteAsync("record-event", parameters).ConfigureAwait(false);
            }
        },
        cancel);

    /// <inheritdoc/>
    public Task EndAsync(Lease lease, AttemptEnd end, CancellationToken cancel) =>
        lease.Batch.First >= 0 && end.Outcome != AttemptOutcome.HandedBack
            ? EndMembersAsync(lease, end, cancel)
            : EndOrHandBackAsync(lease, end, cancel);

    private async Task EndMembersAsync(Lease lease, AttemptEnd end, CancellationToken cancel)
    {
        var state = BatchDecisions.AfterAttempt(end.Outcome, lease.Batch, runIsCancelled: false);
        var (outcome, cause) = (BatchDecisions.Word(end.Outcome), end.Cause is null ? null : Clean(end.Cause));
        var parameters = Of(lease, new
        {
            state = Word(state),
            error = state == BatchState.Failed ? cause ?? NoCause : null,
            kind = $"batch {outcome}",
            detail = EventDetail.Of(("epoch", lease.Epoch), ("state", Word(state)), ("cause", cause)),
            outcome,
            cause,
            steps = end.Steps,
        });
        var ended = await StatementAsync(
            async session =>
            {
                session.Ring(LedgerChange.Events);
                var line = await session.FirstAsync<EndedLine>("end-batch", parameters).ConfigureAwait(false);
                RingIf(session, line?.Closing == "waiting");
                return line;
            },
            cancel).ConfigureAwait(false);
        if (ended?.Outcome != outcome)
        {
            throw Fenced(lease);
        }
    }

    private Task<bool> EndOrHandBackAsync(Lease lease, AttemptEnd end, CancellationToken cancel) => TransactAsync(
        async session =>
        {
            var held = await HeldAsync(session, lease, BatchDecisions.Word(end.Outcome)).ConfigureAwait(false);
            if (held is null)
            {
                return;
            }

            if (held.Key.IsOpening && end.Outcome == AttemptOutcome.Completed)
            {
                throw new InvalidOperationException($"{held.Key} ends with OpenedAsync, which says what there is to do.");
            }

            var isCancelled = end.Outcome == AttemptOutcome.HandedBack
                && await IsCancelledAsync(session, held.RunId).ConfigureAwait(false);
            var state = BatchDecisions.AfterAttempt(end.Outcome, held.Key, isCancelled);
            var error = state == BatchState.Failed ? Clean(end.Cause ?? NoCause) : null;
            await TakeBackAsync(session, held, state, BatchDecisions.Word(end.Outcome), end.Cause, error, held.Losses, end.Steps)
                .ConfigureAwait(false);
        },
        cancel);

    /// <summary>
    /// The batch, held until the end of the transaction; null when the lease has ended in this very way before, so that the call comes for
    /// the second time.
    /// </summary>
    private static async Task<HeldBatch?> HeldAsync(SqlSession session, Lease lease, string outcome)
    {
        var held = await session.FirstAsync<HeldBatch>("held-batch", Of(lease)).ConfigureAwait(false);
        if (held is null && await session.FirstAsync<string>("attempt-of-lease", Of(lease)).ConfigureAwait(false) != outcome)
        {
            throw Fenced(lease);
        }

        return held;
    }

    private static async Task<bool> IsCancelledAsync(SqlSession session, string run) =>
        await session.FirstAsync<long>("is-cancelled", new { run }).ConfigureAwait(false) != 0;

    private static Dapper.DynamicParameters Of(Lease lease, object? more = null)
    {
        var parameters = new Dapper.DynamicParameters(more);
        parameters.Add("run", lease.Batch.RunId);
        parameters.Add("first", lease.Batch.First);
        parameters.Add("node", lease.NodeId);
        parameters.Add("lease", lease.Epoch);
        return parameters;
    }

    /// <summary>Without the one character that PostgreSQL's texts cannot hold.</summary>
    private static string Clean(string text) => text.Replace('\0', '\uFFFD');
}
