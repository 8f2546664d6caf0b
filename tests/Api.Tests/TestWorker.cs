using Cairn.Storage.Ledger;

namespace Cairn.Api.Tests;

/// <summary>Does to the ledger what a worker does, without stepping anything.</summary>
internal sealed class TestWorker(IRunLedger ledger, string nodeId = "node-1")
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(10);

    public Task RegisterAsync() => ledger.RegisterAsync(
        new NodeRegistration(nodeId, "host-1", 4711, "cairn 0.1.0", 8, ["cpu"], ["large"]), default);

    public async Task<IReadOnlyList<ClaimedBatch>> ClaimAsync() =>
        await ledger.ClaimAsync(new ClaimRequest(nodeId, LeaseTime, 8, 8), default);

    /// <summary>Opens a run: two batches wait from then on.</summary>
    public async Task OpenAsync()
    {
        var opening = Assert.Single(await ClaimAsync());
        await ledger.OpenedAsync(opening.Lease, new OpenedRun([(0, 1), (2, 3)]), default);
        await EndAsync(opening, AttemptOutcome.Completed);
    }

    public Task CommitAsync(ClaimedBatch batch, int hours) => ledger.RecordSessionAsync(
        batch.Lease, new SessionRecord($"commit_{hours:D8}", batch.Lease.Epoch, TimeSpan.FromHours(hours)), default);

    public Task EndAsync(ClaimedBatch batch, AttemptOutcome outcome, string? cause = null) =>
        ledger.EndAsync(batch.Lease, new AttemptEnd(outcome, cause, 3), default);

    /// <summary>Carries a run that was submitted to its end.</summary>
    public async Task CompleteAsync()
    {
        await RegisterAsync();
        await OpenAsync();
        foreach (var batch in await ClaimAsync())
        {
            await CommitAsync(batch, 18);
            await EndAsync(batch, AttemptOutcome.Completed);
        }

        await EndAsync(Assert.Single(await ClaimAsync()), AttemptOutcome.Completed);
    }
}
