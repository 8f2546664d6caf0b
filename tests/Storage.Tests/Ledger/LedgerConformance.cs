using Cairn.Storage.Ledger;

namespace Cairn.Storage.Tests.Ledger;

/// <summary>What every ledger promises, whichever database is behind it.</summary>
public abstract partial class LedgerConformance : IAsyncLifetime
{
    protected static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(15);
    protected static readonly CancellationToken None = CancellationToken.None;

    private IRunLedger _ledger = null!;
    private int _paths;

    /// <summary>The database; null where there is none on this machine.</summary>
    protected LedgerHarness? Harness { get; private set; }

    /// <summary>A database, or null where there is none on this machine.</summary>
    protected abstract LedgerHarness? CreateHarness();

    public async Task InitializeAsync()
    {
        Harness = CreateHarness();
        if (Harness is not null)
        {
            _ledger = await Harness.OpenAsync();
        }
    }

    public async Task DisposeAsync()
    {
        if (Harness is not null)
        {
            await _ledger.DisposeAsync();
            await Harness.DisposeAsync();
        }
    }

    protected IRunLedger Ledger
    {
        get
        {
            Skip.If(Harness is null, PostgresServer.Missing);
            return _ledger;
        }
    }

    protected Task<IRunLedger> AnotherAsync() => Harness!.OpenAsync();

    protected Task AdvanceAsync(TimeSpan by) => Harness!.AdvanceAsync(by);

    protected Task LetLeasesLapseAsync() => Harness!.AdvanceAsync(LeaseTime + TimeSpan.FromSeconds(1));

    protected RunSubmission Submission(
        string name = "winds", int priority = 0, int slots = 1, bool gpu = false, string? label = null, int quarantineAfter = 3,
        string? key = null, string? path = null) => new(
        name, $$"""{"name": "{{name}}"}""", path ?? $"/scratch/{name}/{_paths++}", priority, slots, new(gpu, label), quarantineAfter, key);

    protected async Task<string> SubmitAsync(RunSubmission? run = null) => (await Ledger.SubmitAsync(run ?? Submission(), None)).RunId;

    protected async Task<string> NodeAsync(string id, int slots = 4, bool gpu = false, params string[] labels)
    {
        await Ledger.RegisterAsync(new(id, "host-a", 4711, "0.1.0", slots, gpu ? ["cpu", "cuda:0"] : ["cpu"], labels), None);
        return id;
    }

    /// <summary>Submits a run and has it opened with batches of one member each.</summary>
    protected async Task<string> OpenRunAsync(int batches, RunSubmission? run = null)
    {
        var id = await SubmitAsync(run);
        var opener = await NodeAsync("opener", slots: 64, gpu: true, run?.Requires.Label is { } label ? [label] : []);
        var opening = (await ClaimAsync(opener)).Single();
        Assert.Equal(BatchKey.Opening(id), opening.Lease.Batch);
        await Ledger.OpenedAsync(opening.Lease, new([.. Enumerable.Range(0, batches).Select(i => (i, i))]), None);
        return id;
    }

    protected async Task<IReadOnlyList<ClaimedBatch>> ClaimAsync(string node, int limit = 1, int free = 64) =>
        await Ledger.ClaimAsync(new(node, LeaseTime, free, limit), None);

    protected async Task<ClaimedBatch> ClaimOneAsync(string node) => (await ClaimAsync(node)).Single();

    protected Task<HeartbeatAnswer> BeatAsync(string node, params Lease[] leases) =>
        Ledger.HeartbeatAsync(new(node, LeaseTime, leases, leases.Length, 0.5), None);

    protected Task EndAsync(Lease lease, AttemptOutcome outcome = AttemptOutcome.Completed, string? cause = null) =>
        Ledger.EndAsync(lease, new(outcome, cause, 10), None);

    protected async Task<BatchRow> BatchAsync(BatchKey key) => (await Ledger.BatchesAsync(key.RunId, None)).Single(b => b.Key == key);

    protected async Task<RunRow> RunAsync(string id) => (await Ledger.RunAsync(id, None))!;

    protected async Task<string[]> KindsAsync(string? run) =>
        [.. (await Ledger.EventsAsync(run, 0, 1_000, None)).Select(e => e.Kind)];

    /// <summary>Claims and completes whatever there is, until there is nothing more.</summary>
    protected async Task FinishAsync(string node)
    {
        while (await ClaimAsync(node, 8) is { Count: > 0 } claimed)
        {
            foreach (var batch in claimed)
            {
                await EndAsync(batch.Lease);
            }
        }
    }
}
