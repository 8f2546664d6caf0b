using Cairn.Storage.Ledger;

namespace Cairn.Actors.Leases;

/// <summary>How a node leaves: everything that it holds is handed back at a boundary first.</summary>
internal sealed partial class ClusterNode
{
    private void OnDrain(DrainNode drain)
    {
        if (_draining is null)
        {
            _draining = drain.Reason;
            _work.Say($"draining: {drain.Reason}");
            foreach (var lease in _held.Keys.ToList())
            {
                Order(new LeaseOrder(lease, LeaseAction.Halt));
            }
        }

        LeaveWhenEmpty();
    }

    private void OnAbandon()
    {
        _abandoned = _held.Count;
        foreach (var lease in _held.Keys.ToList())
        {
            Order(new LeaseOrder(lease, LeaseAction.Abandon));
        }
    }

    private void LeaveWhenEmpty()
    {
        if (_draining is null || _held.Count > 0 || _leaving)
        {
            return;
        }

        _leaving = true;
        // A node that cannot say so is found out by the ledger's clock: there is no use in waiting for it.
        _work.Ledger.LeaveAsync(_node.NodeId, _over.Token).PipeTo(Self, success: () => new Left(), failure: _ => new Left());
    }

    private void OnLeft() => _left(new NodeDrained(_draining!, _abandoned));

    private sealed record Register;

    private sealed record Registered;

    private sealed record Beat;

    private sealed record Check;

    private sealed record Beaten(TimeSpan SentAt, IReadOnlyList<Lease> Sent, HeartbeatAnswer Answer);

    private sealed record Claim;

    private sealed record Claimed(TimeSpan SentAt, IReadOnlyList<ClaimedBatch> Batches);

    private sealed record LedgerAway(Exception Error, object? Again, bool IsBeat = false, bool IsClaim = false);

    private sealed record Left;
}
