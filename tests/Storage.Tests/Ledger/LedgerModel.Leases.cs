using Cairn.Storage.Ledger;

namespace Cairn.Storage.Tests.Ledger;

internal sealed partial class LedgerModel
{
    public Task RegisterAsync(NodeRegistration node, CancellationToken cancel) => Do(cancel, () =>
    {
        var before = _nodes.GetValueOrDefault(node.NodeId);
        if (before is not { HasLeft: false })
        {
            Tell("node registered", null, null, node.NodeId);
        }

        var entered = _nodes[node.NodeId] = before ?? new(node, utc());
        (entered.Registered, entered.HasLeft, entered.HeartbeatAt) = (node, false, now());
        return true;
    });

    public Task<IReadOnlyList<NodeRow>> NodesAsync(CancellationToken cancel) => Do<IReadOnlyList<NodeRow>>(cancel, () =>
    [
        .. from node in _nodes.Values
           let silent = now() - node.HeartbeatAt
           where silent <= (node.HasLeft ? Gone : Gone + node.LeaseTime)
           let held = _runs.SelectMany(r => r.Batches.Values)
               .Where(b => b.State == BatchState.Leased && b.NodeId == node.Registered.NodeId).ToList()
           let state = node.HasLeft ? NodeState.Left : silent > node.LeaseTime ? NodeState.Lost
               : node.IsDraining ? NodeState.Draining : NodeState.Up
           select new NodeRow(node.Registered, state, held.Count, held.Sum(b => b.Slots), node.Load, silent, node.RegisteredAt),
    ]);

    public Task<bool> DrainAsync(string nodeId, CancellationToken cancel) => Do(cancel, () =>
    {
        if (_nodes.GetValueOrDefault(nodeId) is not { } node)
        {
            return false;
        }

        if (!node.IsDraining)
        {
            node.IsDraining = true;
            Tell("node drain requested", null, null, nodeId);
            Ring(LedgerChange.Work);
        }

        return true;
    });

    public Task<HeartbeatAnswer> HeartbeatAsync(Heartbeat heartbeat, CancellationToken cancel) => Do(cancel, () =>
    {
        if (_nodes.GetValueOrDefault(heartbeat.NodeId) is not { HasLeft: false } node)
        {
            return new HeartbeatAnswer(false, false, [], [], false);
        }

        (node.HeartbeatAt, node.LeaseTime, node.Load) = (now(), heartbeat.LeaseTime, heartbeat.Load);
        var renewed = heartbeat.Leases.Where(l => l.NodeId == heartbeat.NodeId && Held(l) is not null).ToList();
        renewed.ForEach(l => Held(l)!.LeaseUntil = now() + heartbeat.LeaseTime);
        var cancelled = renewed.Where(l => !l.Batch.IsClosing && Find(l.Batch.RunId)!.IsCancelled).ToList();
        var open = _runs.Where(r => Suits(node, r)).ToList();
        open.ForEach(PassToClosing);
        var isWaiting = open.SelectMany(r => r.Batches.Values).Any(b => b.IsWaiting && b.Slots <= node.Registered.Slots)
            || Lapsed().Any();
        var lapses = All().Where(x => x.Batch.State == BatchState.Leased && x.Batch.NodeId != heartbeat.NodeId)
            .Select(x => x.Batch.LeaseUntil - now()).DefaultIfEmpty(TimeSpan.MaxValue).Min();
        TimeSpan? nextLapse = lapses == TimeSpan.MaxValue ? null : lapses < TimeSpan.Zero ? TimeSpan.Zero : lapses;
        return new(true, node.IsDraining, renewed, cancelled, isWaiting, nextLapse);
    });

    public Task LeaveAsync(string nodeId, CancellationToken cancel) => Do(cancel, () =>
    {
        if (_nodes.GetValueOrDefault(nodeId) is { HasLeft: false } node)
        {
            (node.HasLeft, node.HeartbeatAt) = (true, now());
            Tell("node left", null, null, nodeId);
            foreach (var (run, batch) in All().Where(x => x.Batch.State == BatchState.Leased && x.Batch.NodeId == nodeId).ToList())
            {
                var state = BatchDecisions.AfterAttempt(AttemptOutcome.HandedBack, batch.Key, run.IsCancelled);
                TakeBack(run, batch, state, BatchDecisions.HandedBack, "its node left", null, batch.Losses);
            }
        }

        return true;
    });

    public Task<IReadOnlyList<ClaimedBatch>> ClaimAsync(ClaimRequest request, CancellationToken cancel) =>
        Do<IReadOnlyList<ClaimedBatch>>(cancel, () =>
        {
            if (_nodes.GetValueOrDefault(request.NodeId) is not { HasLeft: false, IsDraining: false } node)
            {
                return [];
            }

            var claimed = Strays(request);
            TakeBackLapsed();
            _runs.ForEach(PassToClosing);
            var free = request.FreeSlots - claimed.Sum(c => c.Slots);
            while (claimed.Count < request.Limit && Next(node, free) is { } next)
            {
                claimed.Add(Give(next.Run, next.Batch, request));
                free -= next.Batch.Slots;
            }

            return claimed;
        });

    public Task<int> BeginEpochAsync(Lease lease, int onDisk, CancellationToken cancel) =>
        Do(cancel, () => Holding(lease) is { } batch ? batch.Epoch = Math.Max(batch.Epoch, onDisk) + 1 : 0);

    public Task OpenedAsync(Lease lease, OpenedRun opened, CancellationToken cancel) => Do(cancel, () =>
    {
        if (HeldOrEnded(lease, "completed") is not { } opening)
        {
            return true;
        }

        var run = Find(lease.Batch.RunId)!;
        run.State = RunState.Running;
        run.Batches.TryAdd(-1, new(BatchKey.Closing(run.Id), -1, 1) { State = BatchState.Waiting, IsPending = true });
        foreach (var (first, last) in opened.Batches)
        {
            var state = run.IsCancelled ? BatchState.Cancelled : BatchState.Waiting;
            run.Batches.TryAdd(first, new(new(run.Id, first), last, run.Handed.Slots) { State = state });
        }

        Tell("run opened", run.Id, null, lease.NodeId);
        TakeBack(run, opening, BatchState.Completed, "completed", null, null, 0);
        Ring(LedgerChange.Work);
        return true;
    });

    public Task RecordSessionAsync(Lease lease, SessionRecord session, CancellationToken cancel) => Do(cancel, () =>
    {
        var batch = Holding(lease);
        var run = Find(lease.Batch.RunId)!;
        if (run.Sessions.Any(s => s.Key == batch.Key && s.Name == session.Name))
        {
            return true;
        }

        run.Sessions.Add(new(batch.Key, session.Name, session.Epoch, session.LeadTime, lease.NodeId, utc()));
        batch.Losses = 0;
        batch.Newest = session.Epoch >= (batch.Newest?.Epoch ?? 0) ? session : batch.Newest;
        Tell("session committed", run.Id, batch.Key.First, lease.NodeId);
        return true;
    });

    public Task RecordEventsAsync(Lease lease, IReadOnlyList<EventRecord> events, CancellationToken cancel) => Do(cancel, () =>
    {
        var batch = Holding(lease);
        foreach (var told in events.Where(e => _told.Add(e.Id)))
        {
            Tell(told.Kind, batch.Key.RunId, batch.Key.First, lease.NodeId, told.Detail);
        }

        return true;
    });

    public Task EndAsync(Lease lease, AttemptEnd end, CancellationToken cancel) => Do(cancel, () =>
    {
        if (HeldOrEnded(lease, BatchDecisions.Word(end.Outcome)) is not { } batch)
        {
            return true;
        }

        if (batch.Key.IsOpening && end.Outcome == AttemptOutcome.Completed)
        {
            throw new InvalidOperationException("an opening ends with OpenedAsync");
        }

        var run = Find(lease.Batch.RunId)!;
        var state = BatchDecisions.AfterAttempt(end.Outcome, batch.Key, run.IsCancelled);
        var error = state == BatchState.Failed ? end.Cause ?? "no cause was given" : null;
        TakeBack(run, batch, state, BatchDecisions.Word(end.Outcome), end.Cause, error, batch.Losses);
        return true;
    });
}
