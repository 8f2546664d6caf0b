using Cairn.Storage.Ledger;

namespace Cairn.Storage.Tests.Ledger;

internal sealed partial class LedgerModel
{
    private IEnumerable<(Run Run, Batch Batch)> All() => _runs.SelectMany(r => r.Batches.Values.Select(b => (r, b)));

    private IEnumerable<(Run Run, Batch Batch)> Lapsed() =>
        All().Where(x => x.Batch.State == BatchState.Leased && x.Batch.LeaseUntil <= now());

    private Batch? Held(Lease lease) =>
        Find(lease.Batch.RunId)?.Batches.GetValueOrDefault(lease.Batch.First) is { } batch && batch.IsHeldBy(lease) ? batch : null;

    private Batch Holding(Lease lease) => Held(lease) ?? throw new FencedException($"{lease.NodeId} no longer holds {lease.Batch}");

    /// <summary>Null when the lease ended in this very way before.</summary>
    private Batch? HeldOrEnded(Lease lease, string outcome)
    {
        var tries = Find(lease.Batch.RunId)?.Batches.GetValueOrDefault(lease.Batch.First)?.Tries ?? [];
        var isRepeated = tries.Any(a => a.Node == lease.NodeId && a.Epoch == lease.Epoch && a.Outcome == outcome);
        return isRepeated ? null : Holding(lease);
    }

    private static bool Suits(Node node, Run run) => !run.HasEnded
        && (!run.Handed.Requires.Gpu || node.Registered.HasGpu)
        && (run.Handed.Requires.Label is not { } label || node.Registered.Labels.Contains(label));

    private (Run Run, Batch Batch)? Next(Node node, int free)
    {
        var id = node.Registered.NodeId;
        var found = from run in _runs
                    where Suits(node, run)
                    from batch in run.Batches.Values
                    where batch.IsWaiting && batch.Slots <= free
                    orderby run.Handed.Priority descending, batch.Key.IsOpening descending, run.Leased, batch.NodeId == id descending,
                        run.Number, batch.Key.First
                    select (run, batch);
        return found.Select(x => ((Run, Batch)?)x).FirstOrDefault();
    }

    private ClaimedBatch Give(Run run, Batch batch, ClaimRequest request)
    {
        (batch.State, batch.NodeId, batch.LeaseUntil) = (BatchState.Leased, request.NodeId, now() + request.LeaseTime);
        batch.LeaseEpoch = ++batch.Epoch;
        batch.Tries.Add(new(batch.Key, batch.Tries.Count + 1, batch.Epoch, request.NodeId, utc(), null, null, null));
        Tell("batch claimed", run.Id, batch.Key.First, request.NodeId);
        return Answer(run, batch);
    }

    private static ClaimedBatch Answer(Run run, Batch batch) => new(
        batch.Lease, batch.Last, batch.Slots, run.Handed.Name, run.Handed.Spec, batch.Newest?.Name, batch.Newest?.LeadTime,
        batch.Tries.Count, batch.Key.IsClosing ? run.Failures : [], run.IsCancelled);

    private List<ClaimedBatch> Strays(ClaimRequest request)
    {
        var strays = request.Held is null ? []
            : All().Where(x => x.Batch.State == BatchState.Leased && x.Batch.NodeId == request.NodeId
                && !request.Held.Contains(x.Batch.Lease)).ToList();
        strays.ForEach(x => x.Batch.LeaseUntil = now() + request.LeaseTime);
        return [.. strays.Select(x => Answer(x.Run, x.Batch))];
    }

    private void TakeBackLapsed()
    {
        foreach (var (run, batch) in Lapsed().ToList())
        {
            var losses = batch.Losses + 1;
            var state = BatchDecisions.AfterLoss(batch.Key, losses, run.Handed.QuarantineAfter, run.IsCancelled);
            var error = state == BatchState.Failed ? BatchDecisions.Quarantined(losses, batch.NodeId!) : null;
            TakeBack(run, batch, state, BatchDecisions.Lost, "its lease ran out", error, losses);
        }
    }

    private void TakeBack(Run run, Batch batch, BatchState state, string outcome, string? cause, string? error, int losses)
    {
        batch.Tries[^1] = batch.Tries[^1] with { EndedAt = utc(), Outcome = outcome, Cause = cause };
        (batch.State, batch.Error, batch.Losses) = (state, error, losses);
        Tell($"batch {outcome}", run.Id, batch.Key.First, batch.NodeId);
        if (outcome == BatchDecisions.Lost && state == BatchState.Failed)
        {
            Tell("batch quarantined", run.Id, batch.Key.First, batch.NodeId);
        }

        var cancelled = run.Members.Count(b => b.State == BatchState.Cancelled);
        if (BatchDecisions.RunAfter(batch.Key, state, run.Failures.Count, cancelled) is { } ended)
        {
            End(run, ended, error ?? BatchDecisions.Failures(run.Failures));
        }

        PassToClosing(run);
        Ring(LedgerChange.Work);
    }
}
