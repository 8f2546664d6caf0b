using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Cairn.Cluster.Tests.Cluster;

/// <summary>What a worker does when it is told to go, a run is cancelled or retried, or a node is not fit for it.</summary>
[Trait("Category", "Slow")]
public sealed class WorkerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_worker_that_is_asked_to_end_hands_its_batches_back_at_a_boundary_and_another_goes_on()
    {
        var calm = Specs.Water(_scratch, "calm", count: 200);
        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, "run", calm);
        Assert.True(code == 0, text);
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 1);
        var run = await cluster.SubmitAsync(Specs.Water(_scratch, "drained", count: 200));
        await cluster.UntilSessionsAsync(run, Patience);

        cluster.Workers[0].Signal(PosixSignal.SIGTERM);

        Assert.Equal(0, await cluster.Workers[0].ExitAsync());
        await cluster.UntilAsync(run, r => TestCluster.Batches(r).TrueForAll(b => TestCluster.State(b) != "granted"), Patience);
        await cluster.StartWorkerAsync();
        var ended = await cluster.EndAsync(run, Patience);
        Assert.True(TestCluster.State(ended) == "completed", cluster.Text);
        TestFiles.AssertSameBytes(_scratch["calm/fields.zarr"], _scratch["drained/fields.zarr"]);
        ClusterPromise.AssertKept(await cluster.EventsAsync(run));
    }

    [Fact]
    public async Task A_worker_with_nothing_to_do_has_loaded_no_libtorch()
    {
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 1);
        await cluster.Workers[0].LineAsync(l => l.EndsWith("knows this node", StringComparison.Ordinal));
        Assert.DoesNotContain("libtorch", await File.ReadAllTextAsync($"/proc/{cluster.Workers[0].Id}/maps"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_run_stops_at_a_boundary_and_a_retry_goes_on_to_the_same_bytes()
    {
        var calm = Specs.Water(_scratch, "calm", count: 400);
        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, "run", calm);
        Assert.True(code == 0, text);
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 1);
        var run = await cluster.SubmitAsync(Specs.Water(_scratch, "cancelled", count: 400));
        await cluster.UntilSessionsAsync(run, Patience);

        Assert.Equal(0, (await cluster.TellAsync("cancel", run)).ExitCode);
        Assert.Equal("cancelled", TestCluster.State(await cluster.EndAsync(run, Patience)));

        Assert.Equal(0, (await cluster.TellAsync("retry", run)).ExitCode);
        var ended = await cluster.EndAsync(run, Patience);
        Assert.True(TestCluster.State(ended) == "completed", cluster.Text);
        TestFiles.AssertSameBytes(_scratch["calm/fields.zarr"], _scratch["cancelled/fields.zarr"]);
    }

    [Fact]
    public async Task A_run_under_way_in_a_cluster_cannot_be_run_beside_it()
    {
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 1);
        var spec = Specs.Water(_scratch, "busy", count: 4000);
        var run = await cluster.SubmitAsync(spec);
        await cluster.UntilSessionsAsync(run, Patience);

        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, "run", spec);

        Assert.Equal(2, code);
        Assert.Contains($"belongs to run {run}", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_that_fails_fails_the_run_with_its_cause_and_leaves_the_others()
    {
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 1);
        const string fault = "supervision.max-restarts = 1\nrehearsal = [{ kind = throw, lead-time = 3h, member = 2, times = always }]";
        var run = await cluster.SubmitAsync(Specs.Water(_scratch, "failing", more: fault));

        var ended = await cluster.EndAsync(run, Patience);

        Assert.Equal("failed", TestCluster.State(ended));
        Assert.Single(TestCluster.Batches(ended), b => TestCluster.State(b) == "completed");
        var failed = TestCluster.Batches(ended).Single(b => TestCluster.State(b) == "failed");
        Assert.Equal(2, failed["first"]!.GetValue<int>());
        Assert.Contains("member 2", failed["error"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.True(Directory.Exists(_scratch["failing/fields.zarr"]));
        // What happens on nodes is told beside the run's data, too.
        var told = await File.ReadAllLinesAsync(_scratch["failing/checkpoints/events.jsonl"]);
        var kinds = told.Select(line => $"{JsonNode.Parse(line)!["event"]}").ToList();
        string[] expected = ["rank failed", "restart planned", "batch restarted", "batch failed", "batch completed", "run failed"];
        Assert.All(expected, kind => Assert.Contains(kind, kinds));
    }

    [Fact]
    public async Task A_run_that_asks_for_a_label_waits_for_a_node_that_has_it()
    {
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 1);
        var wanted = await cluster.SubmitAsync(Specs.Water(_scratch, "picky", more: "requires.label = big"));
        var other = await cluster.SubmitAsync(Specs.Water(_scratch, "plain"));
        await cluster.EndAsync(other, Patience);
        await cluster.UntilAsync(
            wanted, r => r["batches"]!.AsArray().Any(b => $"{b!["waits"]}".Contains("label \"big\"", StringComparison.Ordinal)), Patience);

        await cluster.StartWorkerAsync("node.labels=[big]");

        Assert.Equal("completed", TestCluster.State(await cluster.EndAsync(wanted, Patience)));
    }
}
