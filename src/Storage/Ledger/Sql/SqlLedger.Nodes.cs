using System.Text.Json;

namespace Cairn.Storage.Ledger.Sql;

internal sealed partial class SqlLedger
{
    /// <summary>How long a node that is gone is still shown.</summary>
    private static readonly TimeSpan Gone = TimeSpan.FromHours(1);

    /// <summary>Until its first heartbeat says how long its leases are.</summary>
    private static readonly TimeSpan UsualLease = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public Task RegisterAsync(NodeRegistration node, CancellationToken cancel) => TransactAsync(
        async session =>
        {
            var before = await session.FirstAsync<NodeRecord>("node", new { node = node.NodeId }).ConfigureAwait(false);
            await session.ExecuteAsync("register-node", new
            {
                node = node.NodeId,
                host = node.Host,
                pid = node.Pid,
                version = node.Version,
                slots = node.Slots,
                devices = JsonSerializer.Serialize(node.Devices),
                labels = JsonSerializer.Serialize(node.Labels),
                gpu = node.HasGpu ? 1 : 0,
                lease = LedgerTime.Milliseconds(UsualLease),
            }).ConfigureAwait(false);
            foreach (var label in node.Labels)
            {
                await session.ExecuteAsync("node-label", new { node = node.NodeId, label }).ConfigureAwait(false);
            }

            if (before is not { HasLeft: 0 })
            {
                await session.TellAsync("node registered", null, null, node.NodeId, Detail(node)).ConfigureAwait(false);
            }
        },
        cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<NodeRow>> NodesAsync(CancellationToken cancel) => ReadAsync<IReadOnlyList<NodeRow>>(
        async session =>
        {
            var nodes = await session.QueryAsync<NodeRecord>("nodes", new { gone = LedgerTime.Milliseconds(Gone) }).ConfigureAwait(false);
            return [.. nodes.Select(n => n.ToRow())];
        },
        cancel);

    /// <inheritdoc/>
    public Task<bool> DrainAsync(string nodeId, CancellationToken cancel) => TransactAsync(
        async session =>
        {
            var node = await session.FirstAsync<NodeRecord>("node", new { node = nodeId }).ConfigureAwait(false);
            if (node is { IsDraining: 0 })
            {
                await session.ExecuteAsync("drain-node", new { node = nodeId }).ConfigureAwait(false);
                await session.TellAsync("node drain requested", null, null, nodeId, EventDetail.None).ConfigureAwait(false);
                session.Ring(LedgerChange.Work);
            }

            return node is not null;
        },
        cancel);

    /// <inheritdoc/>
    public Task<HeartbeatAnswer> HeartbeatAsync(Heartbeat heartbeat, CancellationToken cancel) => StatementAsync(
        async session =>
        {
            var lines = await session.QueryAsync<HeartbeatLine>("heartbeat", new
            {
                node = heartbeat.NodeId,
                lease = LedgerTime.Milliseconds(heartbeat.LeaseTime),
                used = heartbeat.UsedSlots,
                load = double.IsNaN(heartbeat.Load) ? (double?)null : heartbeat.Load,
                leases = Json(heartbeat.Leases),
            }).ConfigureAwait(false);
            return Answer(heartbeat, lines);
        },
        cancel);

    /// <inheritdoc/>
    public Task LeaveAsync(string nodeId, CancellationToken cancel) => TransactAsync(
        async session =>
        {
            var node = await session.FirstAsync<NodeRecord>("node", new { node = nodeId }).ConfigureAwait(false);
            if (node is not { HasLeft: 0 })
            {
                return;
            }

            await session.ExecuteAsync("leave-node", new { node = nodeId }).ConfigureAwait(false);
            await session.TellAsync("node left", null, null, nodeId, EventDetail.None).ConfigureAwait(false);
            foreach (var held in await session.QueryAsync<HeldBatch>("held-by-node", new { node = nodeId }).ConfigureAwait(false))
            {
                var state = BatchDecisions.AfterAttempt(AttemptOutcome.HandedBack, held.Key, held.CancelRequested != 0);
                await TakeBackAsync(session, held, state, BatchDecisions.HandedBack, "its node left", null, held.Losses)
                    .ConfigureAwait(false);
            }
        },
        cancel);

    private static HeartbeatAnswer Answer(Heartbeat heartbeat, IReadOnlyList<HeartbeatLine> lines)
    {
        if (lines.Count == 0)
        {
            return new(false, false, [], [], false);
        }

        var renewed = lines.Where(l => l.RunId is not null)
            .Select(l => (Lease: new Lease(new(l.RunId!, l.First!.Value), heartbeat.NodeId, l.Epoch!.Value), Line: l)).ToList();
        return new(
            true,
            lines[0].IsDraining != 0,
            [.. renewed.Select(r => r.Lease)],
            [.. renewed.Where(r => r.Line.CancelRequested != 0 && !r.Lease.Batch.IsClosing).Select(r => r.Lease)],
            lines[0].Waiting,
            lines[0].NextLapse is { } lapse ? TimeSpan.FromMilliseconds(Math.Max(0, lapse)) : null);
    }

    private static string Detail(NodeRegistration node) => EventDetail.Of(
        ("host", node.Host), ("pid", node.Pid), ("version", node.Version), ("slots", node.Slots), ("devices", node.Devices));
}
