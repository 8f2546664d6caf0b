using System.Runtime.InteropServices;
using Cairn.Storage.Ledger;

namespace Cairn.Cluster.Tests.Cluster;

/// <summary>What a worker does when it is told to go, a run is cancelled or retried, or a node is not fit for it.</summary>
[Trait("Category", "Slow")]
public sealed class WorkerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [SkippableFact]
    public async Task A_worker_that_is_asked_to_end_hands_its_batches_back_at_a_boundary_and_another_goes_on()
    {
        var calm = Specs.Water(_scratch, "calm", count: 200);
        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, "run", calm);
        Assert.True(code == 0, text);
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 1, TimeSpan.FromSeconds(15));
        var run = await cluster.SubmitAsync(Specs.Water(_scratch, "drained", count: 200));
        await cluster.UntilEventsAsync(run, "session committed", 2, Patience);

        cluster.Workers[0].Signal(PosixSignal.SIGTERM);

        Assert.Equal(0, await cluster.Workers[0].ExitAsync());
        Assert.All(await cluster.Ledger.BatchesAsync(run, default), b => Assert.NotEqual(BatchState.Leased, b.State));
        cluster.StartWorker();
        var ended = await cluster.UntilAsync(run, r => r.HasEnded, Patience);
        Assert.True(ended.State == RunState.Completed, cluster.Text);
        TestFiles.AssertSameBytes(_scratch["calm/fields.zarr"], _scratch["drained/fields.zarr"]);
        ClusterPromise.AssertKept(await cluster.EventsAsync(run));
    }

    [SkippableFact]
    public async Task A_cancelled_run_stops_at_a_boundary_and_a_retry_goes_on_to_the_same_bytes()
    {
        var calm = Specs.Water(_scratch, "calm", count: 200);
        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, "run", calm);
        Assert.True(code == 0, text);
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 1, TimeSpan.FromSeconds(5));
        var run = await cluster.SubmitAsync(Specs.Water(_scratch, "cancelled", count: 200));
        await cluster.UntilEventsAsync(run, "session committed", 2, Patience);

        Assert.Equal(0, (await cluster.TellAsync("cancel", run)).ExitCode);
        Assert.Equal(RunState.Cancelled, (await cluster.UntilAsync(run, r => r.HasEnded, Patience)).State);

        Assert.Equal(0, (await cluster.TellAsync("retry", run)).ExitCode);
        var ended = await cluster.UntilAsync(run, r => r.HasEnded, Patience);
        Assert.True(ended.State == RunState.Completed, cluster.Text);
        TestFiles.AssertSameBytes(_scratch["calm/fields.zarr"], _scratch["cancelled/fields.zarr"]);
    }

    [SkippableFact]
    public async Task A_run_under_way_in_a_cluster_cannot_be_run_beside_it()
    {
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 1, TimeSpan.FromSeconds(15));
        var spec = Specs.Water(_scratch, "busy", count: 4000);
        var run = await cluster.SubmitAsync(spec);
        await cluster.UntilEventsAsync(run, "session committed", 1, Patience);

        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, "run", spec);

        Assert.Equal(2, code);
        Assert.Contains($"belongs to run {run}", text, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_batch_that_fails_fails_the_run_with_its_cause_and_leaves_the_others()
    {
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 1, TimeSpan.FromSeconds(15));
        const string fault = "supervision.max-restarts = 1\nrehearsal = [{ kind = throw, lead-time = 3h, member = 2, times = always }]";
        var run = await cluster.SubmitAsync(Specs.Water(_scratch, "failing", more: fault));

        var ended = await cluster.UntilAsync(run, r => r.HasEnded, Patience);

        Assert.Equal(RunState.Failed, ended.State);
        Assert.Equal((1, 1), (ended.Completed, ended.Failed));
        var failed = (await cluster.Ledger.BatchesAsync(run, default)).Single(b => b.State == BatchState.Failed);
        Assert.Equal(2, failed.Key.First);
        Assert.Contains("member 2", failed.Error, StringComparison.Ordinal);
        Assert.True(Directory.Exists(_scratch["failing/fields.zarr"]));
    }

    [SkippableFact]
    public async Task A_run_that_asks_for_a_label_waits_for_a_node_that_has_it()
    {
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 1, TimeSpan.FromSeconds(15));
        var wanted = await cluster.SubmitAsync(Specs.Water(_scratch, "picky", more: "requires.label = big"));
        var other = await cluster.SubmitAsync(Specs.Water(_scratch, "plain"));
        await cluster.UntilAsync(other, r => r.HasEnded, Patience);
        Assert.Equal(RunState.Submitted, (await cluster.Ledger.RunAsync(wanted, default))!.State);

        cluster.StartWorker("node.labels=[big]");

        Assert.Equal(RunState.Completed, (await cluster.UntilAsync(wanted, r => r.HasEnded, Patience)).State);
    }
}
