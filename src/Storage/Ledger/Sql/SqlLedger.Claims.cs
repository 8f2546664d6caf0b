using System.Text.Json;

namespace Cairn.Storage.Ledger.Sql;

internal sealed partial class SqlLedger
{
    /// <summary>How many of each run's batches a claim looks at beyond those that it may take: as many may be locked by others.</summary>
    private const int Margin = 64;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ClaimedBatch>> ClaimAsync(ClaimRequest request, CancellationToken cancel)
    {
        var (order, claimed) = await TakeAsync(request, cancel).ConfigureAwait(false);
        if (!order.IsWelcome || !(order.HasLapsed || order.HasClosings || order.HasStrays))
        {
            return claimed;
        }

        try
        {
            return await InOrderAsync(request, order, claimed, cancel).ConfigureAwait(false);
        }
        catch (TransientException) when (claimed.Count > 0)
        {
            // What was claimed is the node's: it must hear of it. What is not in order yet, the next claim finds.
            return claimed;
        }
    }

    private async Task<IReadOnlyList<ClaimedBatch>> InOrderAsync(
        ClaimRequest request, ClaimOrder order, IReadOnlyList<ClaimedBatch> claimed, CancellationToken cancel)
    {
        var known = (request.Held ?? []).Concat(claimed.Select(c => c.Lease)).ToList();
        var found = await PutInOrderAsync(request, order, known, cancel).ConfigureAwait(false);
        IReadOnlyList<ClaimedBatch> soFar = [.. found, .. claimed];
        var rest = request with
        {
            Limit = request.Limit - soFar.Count,
            FreeSlots = request.FreeSlots - soFar.Sum(c => c.Slots),
            Held = null,
        };
        return rest.Limit > 0 && rest.FreeSlots > 0 ? [.. soFar, .. (await TakeAsync(rest, cancel).ConfigureAwait(false)).Claimed] : soFar;
    }

    /// <summary>Claims what waits, and tells what is not in order.</summary>
    private Task<(ClaimOrder Order, IReadOnlyList<ClaimedBatch> Claimed)> TakeAsync(ClaimRequest request, CancellationToken cancel) =>
        StatementAsync<(ClaimOrder, IReadOnlyList<ClaimedBatch>)>(
            async session =>
            {
                var (order, lines) = await session.TwoAsync<ClaimOrder, ClaimedLine>("claim", new
                {
                    node = request.NodeId,
                    lease = LedgerTime.Milliseconds(request.LeaseTime),
                    free = request.FreeSlots,
                    limit = request.Limit,
                    window = request.Limit + Margin,
                    known = request.Held is not null,
                    held = Json(request.Held ?? []),
                }).ConfigureAwait(false);
                if (lines.Count > 0)
                {
                    session.Ring(LedgerChange.Events);
                }

                return (order, await ClaimedAsync(session, request, lines).ConfigureAwait(false));
            },
            cancel);

    /// <summary>Takes back what has lapsed, wakes closings, and gives again what was given to the node without its hearing of it.</summary>
    private Task<IReadOnlyList<ClaimedBatch>> PutInOrderAsync(
        ClaimRequest request, ClaimOrder order, IReadOnlyList<Lease> known, CancellationToken cancel) =>
        TransactAsync<IReadOnlyList<ClaimedBatch>>(
            async session =>
            {
                var strays = order.HasStrays ? await StraysAsync(session, request, known).ConfigureAwait(false) : [];
                await TakeBackLapsedAsync(session).ConfigureAwait(false);
                await session.ExecuteAsync("wake-closings").ConfigureAwait(false);
                return strays;
            },
            cancel);

    private static async Task<IReadOnlyList<ClaimedBatch>> StraysAsync(SqlSession session, ClaimRequest request, IReadOnlyList<Lease> known)
    {
        var lines = await session.QueryAsync<ClaimedLine>("leased-to-node", new { node = request.NodeId }).ConfigureAwait(false);
        var strays = lines.Where(l => !known.Contains(new(new(l.RunId, l.First), request.NodeId, l.Epoch))).ToList();
        foreach (var stray in strays)
        {
            await session.ExecuteAsync("renew-stray", new
            {
                run = stray.RunId,
                first = stray.First,
                epoch = stray.Epoch,
                node = request.NodeId,
                lease = LedgerTime.Milliseconds(request.LeaseTime),
            }).ConfigureAwait(false);
        }

        return await ClaimedAsync(session, request, strays).ConfigureAwait(false);
    }

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

    private static async Task<IReadOnlyList<ClaimedBatch>> ClaimedAsync(
        SqlSession session, ClaimRequest request, IReadOnlyList<ClaimedLine> lines)
    {
        var claimed = new List<ClaimedBatch>();
        foreach (var line in lines)
        {
            var lease = new Lease(new(line.RunId, line.First), request.NodeId, line.Epoch);
            var failures = lease.Batch.IsClosing ? await FailuresAsync(session, line.RunId).ConfigureAwait(false) : [];
            var leadTime = line.LeadTime is { } ticks ? new TimeSpan(ticks) : (TimeSpan?)null;
            claimed.Add(new(lease, line.Last, line.Slots, line.RunName, line.Spec, line.NewestSession, leadTime, line.Attempt, failures,
                line.CancelRequested != 0));
        }

        return claimed;
    }

    private static async Task<IReadOnlyList<(int First, int Last, string Error)>> FailuresAsync(SqlSession session, string runId) =>
        [.. (await session.QueryAsync<FailedBatch>("failures", new { run = runId }).ConfigureAwait(false))
            .Select(f => (f.First, f.Last, f.Error))];

    private static string Json(IReadOnlyList<Lease> leases) =>
        JsonSerializer.Serialize(leases.Select(l => new { run = l.Batch.RunId, first = l.Batch.First, epoch = l.Epoch }));
}
