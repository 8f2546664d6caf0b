using Cairn.Storage.Ledger;

namespace Cairn.Bench.Ledger;

/// <summary>A node without models: each batch that it claims allots an epoch, reports one session and ends.</summary>
internal sealed class Worker(IRunLedger ledger, string node, int slots, Action<BatchKey> completed) : IDisposable
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(15), HeartbeatEvery = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _free = new(slots, slots);
    private readonly HashSet<Lease> _held = [];

    public async Task RunAsync(CancellationToken stop)
    {
        await ledger.RegisterAsync(new(node, "bench", Environment.ProcessId, "0", slots, ["cpu"], []), stop);
        var beating = BeatAsync(stop);
        var stepping = new List<Task>();
        while (!stop.IsCancellationRequested)
        {
            stepping.RemoveAll(t => t.IsCompletedSuccessfully);
            await ClaimAsync(stepping, stop);
        }

        await Task.WhenAll([beating, .. stepping]);
    }

    public void Dispose() => _free.Dispose();

    /// <summary>As many as there are slots free, once one is.</summary>
    private async Task ClaimAsync(List<Task> stepping, CancellationToken stop)
    {
        try
        {
            await _free.WaitAsync(stop);
            var free = 1;
            while (await _free.WaitAsync(0, stop))
            {
                free++;
            }

            var claimed = await ledger.ClaimAsync(new(node, LeaseTime, free, free), stop);
            stepping.AddRange(claimed.Select(StepAsync));
            if (claimed.Count < free)
            {
                _free.Release(free - claimed.Count);
            }

            if (claimed.Count == 0)
            {
                await ledger.WaitAsync(LedgerChange.Work, HeartbeatEvery, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // Everything is done.
        }
    }

    private async Task StepAsync(ClaimedBatch batch)
    {
        lock (_held)
        {
            _held.Add(batch.Lease);
        }

        var epoch = await ledger.BeginEpochAsync(batch.Lease, 0, CancellationToken.None);
        await ledger.RecordSessionAsync(batch.Lease, new($"s{epoch}", epoch, TimeSpan.FromHours(6)), CancellationToken.None);
        await ledger.EndAsync(batch.Lease, new(AttemptOutcome.Completed, null, 1), CancellationToken.None);
        lock (_held)
        {
            _held.Remove(batch.Lease);
        }

        completed(batch.Lease.Batch);
        _free.Release();
    }

    private async Task BeatAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(HeartbeatEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                Lease[] held;
                lock (_held)
                {
                    held = [.. _held];
                }

                await ledger.HeartbeatAsync(new(node, LeaseTime, held, held.Length, 0), stop);
            }
        }
        catch (OperationCanceledException)
        {
            // Everything is done.
        }
    }
}
