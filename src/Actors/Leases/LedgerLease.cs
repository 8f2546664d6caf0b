using Cairn.Engine.Rollouts;
using Cairn.Storage.Ledger;

namespace Cairn.Actors.Leases;

/// <summary>A lease as the code that begins epochs sees it, on threads that may wait.</summary>
/// <param name="ledger">The ledger.</param>
/// <param name="claimed">The batch that was claimed.</param>
/// <param name="time">The clock of the pauses.</param>
/// <param name="lost">Is cancelled when the lease is lost.</param>
internal sealed class LedgerLease(IRunLedger ledger, ClaimedBatch claimed, TimeProvider time, CancellationToken lost) : IBatchLease
{
    public (string Session, TimeSpan LeadTime)? Reported =>
        claimed is { NewestSession: { } session, NewestLeadTime: { } leadTime } ? (session, leadTime) : null;

    public CancellationToken Lost => lost;

    public int BeginEpoch(int onDisk)
    {
        try
        {
            return BeginEpochAsync(onDisk).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested)
        {
            throw new FencedException($"The lease of {claimed.Lease.Batch} was lost before an epoch was allotted.");
        }
    }

    private async Task<int> BeginEpochAsync(int onDisk)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await ledger.BeginEpochAsync(claimed.Lease, onDisk, lost).ConfigureAwait(false);
            }
            catch (TransientException)
            {
                // Without end of its own: a node that cannot reach its ledger loses its leases before long.
                await Task.Delay(LedgerPauses.After(failures), time, lost).ConfigureAwait(false);
            }
        }
    }
}
