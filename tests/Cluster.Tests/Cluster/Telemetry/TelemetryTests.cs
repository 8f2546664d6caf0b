using System.Globalization;
using System.Runtime.InteropServices;
using Cairn.Api.Tests;

namespace Cairn.Cluster.Tests.Cluster.Telemetry;

/// <summary>What a cluster of real processes tells of itself: to Prometheus, and to a collector.</summary>
[Trait("Category", "Slow")]
public sealed class TelemetryTests : IDisposable
{
    private const int StepsPerBoundary = 40, Batches = 2, Boundaries = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_worker_tells_of_all_that_its_ranks_do_in_processes_of_their_own_while_they_do_it()
    {
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 0);
        using var http = new HttpClient { BaseAddress = await ServingAsync(await cluster.StartWorkerAsync("node.metrics.port=0")) };
        var run = await cluster.SubmitAsync(Specs.Water(_scratch, "told", Boundaries, "rehearsal = [{ kind = throw, lead-time = 50h }]"));
        await cluster.UntilSessionsAsync(run, Patience);
        var early = Value(await MetricsAsync(http), "cairn_steps_total");
        Assert.Equal("completed", TestCluster.State(await cluster.EndAsync(run, Patience)));
        var metrics = await MetricsAsync(http);

        var steps = Value(metrics, "cairn_steps_total");
        Assert.InRange(early, 0, steps - 1);
        // What the failure had stepped since its session was stepped again.
        Assert.InRange(steps, Batches * Boundaries * StepsPerBoundary, (Batches * Boundaries * StepsPerBoundary) + 1000);
        Assert.InRange(Value(metrics, "cairn_step_duration_seconds", "_count", ("model", "shallow-water")), steps, steps + 100);
        Assert.InRange(Value(metrics, "cairn_step_duration_seconds", "_sum", ("model", "shallow-water")), steps * 1e-6, 600);
        Assert.Equal(1, Value(metrics, "cairn_failures_total", "", ("cause", "step")));
        Assert.Equal(1, Value(metrics, "cairn_restarts_total", "", ("cause", "step")));
        Assert.Equal(0, Value(metrics, "cairn_restarts_total", "", ("cause", "process")));
        var sessions = (await cluster.EventsAsync(run)).Count(e => e["kind"]!.GetValue<string>() == "session committed");
        Assert.Equal(sessions, Value(metrics, "cairn_sessions_total"));
        Assert.Equal(sessions, Value(metrics, "cairn_session_duration_seconds", "_count"));
        Assert.InRange(Value(metrics, "cairn_commit_duration_seconds", "_count"), sessions, sessions + 10);
        Assert.True(Value(metrics, "cairn_commit_bytes_total") > sessions * 2 * 64 * 64);
        Assert.Equal((2, 0), (Value(metrics, "cairn_worker_slots"), Value(metrics, "cairn_worker_grants")));
        Assert.True(Value(metrics, "cairn_dispatcher_delay_seconds", "_count") > 0);
    }

    [Fact]
    public async Task The_dashboard_the_alerts_and_the_documentation_know_what_is_served_and_nothing_else()
    {
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 0);
        using var http = new HttpClient { BaseAddress = await ServingAsync(await cluster.StartWorkerAsync("node.metrics.port=0")) };
        var run = await cluster.SubmitAsync(Specs.Water(_scratch, "shown", Boundaries, "deadline { at = \"2100-01-01T00:00:00Z\" }"));
        await cluster.UntilSessionsAsync(run, Patience);
        var early = await MetricsAsync(cluster.Seeds[0].Http);
        // It is known what time there is to spare once it is known how fast the run goes.
        for (var looks = 0; looks < 2000 && !early.ContainsKey("cairn_run_deadline_spare_seconds"); looks++)
            early = await MetricsAsync(cluster.Seeds[0].Http);

        Assert.Equal("completed", TestCluster.State(await cluster.EndAsync(run, Patience)));
        await MetricsAsync(http);
        var served = new[] { early, await MetricsAsync(cluster.Seeds[0].Http), await MetricsAsync(http) }.SelectMany(m => m.Values)
            .GroupBy(m => m.Name).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);

        var folder = Path.Combine(TestFiles.Root, "deploy", "telemetry");
        var asked = MetricsPage.NamesIn(File.ReadAllText(Path.Combine(folder, "cairn-grafana.json")))
            .Concat(MetricsPage.NamesIn(File.ReadAllText(Path.Combine(folder, "cairn-alerts.yml")))).ToList();
        Assert.True(asked.Count > 30);
        Assert.Empty(asked.Except(served.Values.SelectMany(m => m.Samples).Select(s => s.Name).Distinct()));
        Assert.Equal(
            served.Values.Where(m => m.Name.StartsWith("cairn_", StringComparison.Ordinal)).Select(MetricsPage.RowOf).Order(),
            MetricsPage.Rows(File.ReadAllText(Path.Combine(TestFiles.Root, "docs", "metrics.md"))).Order());
    }

    [Fact]
    public async Task A_collector_is_sent_metrics_of_seed_and_worker_and_a_span_for_each_batch_restart_and_session()
    {
        using var collector = new OtlpReceiver();
        var endpoint = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{collector.Port}");
        await using var cluster = await TestCluster.StartAsync(_scratch, new ClusterPlan
        {
            Workers = 0,
            // The seed is told by its settings, the worker by its environment.
            SeedSettings = [$"telemetry.otlp.endpoint=\"{endpoint}\"", "telemetry.otlp.headers=\"x-key=seed\""],
            Environment =
            [
                "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "OTEL_METRIC_EXPORT_INTERVAL=500", $"OTEL_EXPORTER_OTLP_ENDPOINT={endpoint}",
                "OTEL_EXPORTER_OTLP_HEADERS=x-key=worker", "OTEL_BSP_SCHEDULE_DELAY=200",
            ],
        });
        var worker = await cluster.StartWorkerAsync();
        var run = await cluster.SubmitAsync(Specs.Water(_scratch, "traced", 12, "rehearsal = [{ kind = throw, lead-time = 5h }]"));
        Assert.Equal("completed", TestCluster.State(await cluster.EndAsync(run, Patience)));
        var sessions = (await cluster.EventsAsync(run)).Count(e => e["kind"]!.GetValue<string>() == "session committed");
        worker.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await worker.ExitAsync());

        Assert.Equal(["seed", "worker"], collector.Keys.Order());
        Assert.Contains(("cairn-worker", "cairn.step.duration"), collector.Metrics);
        Assert.Contains(("cairn-worker", "cairn.sessions"), collector.Metrics);
        await collector.MetricAsync("cairn-seed", "cairn.run.lead_time");
        var spans = collector.Spans;
        var batches = spans.Where(s => s.Name == "batch").ToList();
        Assert.Equal(["0-1", "2-3"], batches.Select(s => s.Attributes["cairn.batch"]).Order());
        Assert.All(spans, s => Assert.Equal(("cairn-worker", run), (s.Service, s.Attributes["cairn.run"])));
        var restart = Assert.Single(spans, s => s.Name == "restart");
        Assert.Equal("step", restart.Attributes["cairn.cause"]);
        Assert.Equal(sessions, spans.Count(s => s.Name == "commit session"));
        Assert.All(spans.Except(batches), s => Assert.Contains((s.Parent, s.Trace), batches.Select(b => (b.Id, b.Trace))));
        Assert.All(spans, s => Assert.InRange(s.Seconds, 0, 180));
    }

    private static async Task<Uri> ServingAsync(CairnProcess worker)
    {
        var line = await worker.LineAsync(l => l.Contains("metrics at http", StringComparison.Ordinal));
        return new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]);
    }

    private static async Task<IReadOnlyDictionary<string, MetricFamily>> MetricsAsync(HttpClient http) =>
        Exposition.Read(await http.GetStringAsync("/metrics"));

    private static double Value(
        IReadOnlyDictionary<string, MetricFamily> metrics, string name, string of = "", params (string Name, string Value)[] labels) =>
        metrics.TryGetValue(name, out var family)
            ? family.Samples.Single(s => s.Name == name + of && labels.All(l => s.Labels[l.Name] == l.Value)).Value : 0;
}
