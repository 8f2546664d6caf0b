namespace Cairn.Storage.Ledger.Sql;

internal sealed partial class SqlLedger
{
    /// <summary>How many of each run's batches a claim looks at beyond those that it may take: as many may be locked by others.</summary>
    private const int Margin = 64;

    /// <inheritdoc/>
    public Task<IReadOnlyList<ClaimedBatch>> ClaimAsync(ClaimRequest request, CancellationToken cancel) =>
        TransactAsync<IReadOnlyList<ClaimedBatch>>(
            async session =>
            {
                var claimed = new List<ClaimedBatch>();
                if (await session.FirstAsync<ClaimedRun>("claimant", new { node = request.NodeId }).ConfigureAwait(false) is null)
                {
                    return claimed;
                }

                await TakeBackLapsedAsync(session).ConfigureAwait(false);
                await session.ExecuteAsync("wake-closings").ConfigureAwait(false);
                foreach (var batch in await ClaimableAsync(session, request).ConfigureAwait(false))
                {
                    claimed.Add(await LeaseAsync(session, request, batch).ConfigureAwait(false));
                }

                return claimed;
            },
            cancel);

    private static async Task TakeBackLapsedAsync(SqlSession session)
    {
        foreach (var lapsed in await session.QueryAsync<HeldBatch>("lapsed").ConfigureAwait(false))
        {
            var losses = lapsed.Losses + 1;
            var state = BatchDecisions.AfterLoss(lapsed.Key, losses, lapsed.QuarantineAfter, lapsed.CancelRequested != 0);
            var error = state == BatchState.Failed ? BatchDecisions.Quarantined(losses, lapsed.Node) : null;
            await TakeBackAsync(session, lapsed, state, BatchDecisions.Lost, "its lease ran out", error, losses).ConfigureAwait(false);
        }
    }

    /// <summary>In their order, as many as fit into the slots that are free.</summary>
    private static async Task<IReadOnlyList<ClaimableBatch>> ClaimableAsync(SqlSession session, ClaimRequest request)
    {
        var found = await session.QueryAsync<ClaimableBatch>("claim", new
        {
            node = request.NodeId,
            free = request.FreeSlots,
            limit = request.Limit,
            window = request.Limit + Margin,
        }).ConfigureAwait(false);
        var free = request.FreeSlots;
        var taken = new List<ClaimableBatch>();
        foreach (var batch in found.Where(b => b.Slots <= free))
        {
            taken.Add(batch);
            free -= batch.Slots;
        }

        return taken;
    }

    private static async Task<ClaimedBatch> LeaseAsync(SqlSession session, ClaimRequest request, ClaimableBatch batch)
    {
        var (epoch, attempt) = (batch.Epoch + 1, batch.Attempts + 1);
        session.Ring(LedgerChange.Events);
        var run = await session.FirstAsync<ClaimedRun>("lease-batch", new
        {
            run = batch.RunId,
            first = batch.First,
            epoch,
            attempt,
            node = request.NodeId,
            lease = LedgerTime.Milliseconds(request.LeaseTime),
            detail = EventDetail.Of(("epoch", epoch), ("attempt", attempt), ("from_session", batch.NewestSession)),
        }).ConfigureAwait(false);
        var failures = batch.Key.IsClosing ? await FailuresAsync(session, batch.RunId).ConfigureAwait(false) : [];
        var lease = new Lease(batch.Key, request.NodeId, epoch);
        var leadTime = batch.NewestLeadTime is { } ticks ? TimeSpan.FromTicks(ticks) : (TimeSpan?)null;
        return new(
            lease, batch.Last, batch.Slots, run!.Name, run.Spec, batch.NewestSession, leadTime, attempt, failures, run.CancelRequested != 0);
    }

    private static async Task<IReadOnlyList<(int First, int Last, string Error)>> FailuresAsync(SqlSession session, string runId) =>
        [.. (await session.QueryAsync<FailedBatch>("failures", new { run = runId }).ConfigureAwait(false))
            .Select(f => (f.First, f.Last, f.Error))];
}
