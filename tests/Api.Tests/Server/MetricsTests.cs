using Akka.Actor;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Api.Tests.Server;

/// <summary>What a seed serves at /metrics.</summary>
public sealed class MetricsTests
{
    [Fact]
    public async Task All_that_is_served_is_in_the_text_format_and_has_a_meaning()
    {
        await using var seed = await TestSeed.StartAsync();
        await seed.SubmitAsync();
        using var answer = await seed.Http.GetAsync("/metrics");
        var metrics = Exposition.Read(await answer.Content.ReadAsStringAsync());

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(1, metrics["cairn_build_info"].Samples.Single().Value);
        Assert.Equal(1, metrics["cairn_registry_answers"].Samples.Single().Value);
        Assert.Contains("dotnet_gc_collections_total", metrics.Keys);
        Assert.All(metrics.Values, m => Assert.NotEqual("", m.Help));
    }

    [Fact]
    public async Task Figures_of_a_run_move_with_it()
    {
        await using var seed = await TestSeed.StartAsync();
        var worker = seed.Worker();
        await worker.RegisterAsync(load: 1.5);
        var id = await seed.SubmitAsync();
        var grants = await worker.OpenAsync();
        Assert.Equal(0, await ValueAsync(seed, "cairn_run_lead_time_seconds", ("run", id)));
        await worker.CommitAsync(grants[0], 6);
        await worker.CommitAsync(grants[1], 12);

        Assert.Equal(6 * 3600, await ValueAsync(seed, "cairn_run_lead_time_seconds", ("run", id)));
        Assert.Equal((6 + 12) / 36.0, await ValueAsync(seed, "cairn_run_done_ratio", ("run", id)), 3);
        Assert.InRange(await ValueAsync(seed, "cairn_run_session_age_seconds", ("run", id)), 0, 60);
        Assert.Equal(8, await ValueAsync(seed, "cairn_node_slots", ("node", "node-1")));
        Assert.Equal(2, await ValueAsync(seed, "cairn_node_slots_used", ("node", "node-1")));
        Assert.Equal(1.5, await ValueAsync(seed, "cairn_node_load", ("node", "node-1")));
        Assert.Equal(2, await ValueAsync(seed, "cairn_batches", ("state", "granted")));

        await worker.CompleteAsync(grants[0]);
        Assert.True(await ValueAsync(seed, "cairn_attempts_total", ("outcome", "completed")) > 0);
        Assert.Equal(12 * 3600, await ValueAsync(seed, "cairn_run_lead_time_seconds", ("run", id)));
    }

    [Fact]
    public async Task A_registry_that_does_not_answer_is_a_figure_and_what_it_would_say_is_left_out()
    {
        await using var seed = await TestSeed.StartAsync();
        Assert.Contains("cairn_runs", (await ReadAsync(seed)).Keys);
        await seed.Server.Registry.GracefulStop(TimeSpan.FromSeconds(10));
        var metrics = await ReadAsync(seed);

        Assert.Equal(0, metrics["cairn_registry_answers"].Samples.Single().Value);
        Assert.DoesNotContain("cairn_runs", metrics.Keys);
        Assert.Contains("cairn_http_requests_total", metrics.Keys);
    }

    [Fact]
    public async Task A_seed_tells_of_its_own_requests_and_not_of_those_to_another_in_the_same_process()
    {
        await using var seed = await TestSeed.StartAsync();
        await using var other = await TestSeed.StartAsync();
        await other.GetAsync("/api/runs");

        Assert.DoesNotContain("cairn_http_requests_total", (await ReadAsync(seed)).Keys);
        var requests = (await ReadAsync(other))["cairn_http_requests_total"].Samples;
        Assert.Equal(1, requests.Single(s => s.Labels["route"] == "/api/runs").Value);
    }

    [Fact]
    public async Task Journals_tell_how_long_they_take()
    {
        await using var seed = await TestSeed.StartAsync();
        await seed.SubmitAsync();
        await seed.UntilAsync("cairn_journal_write_duration_seconds_count{journal=\"run\"}");
        var writes = (await ReadAsync(seed))["cairn_journal_write_duration_seconds"].Samples;

        Assert.Equal(["registry", "run"], writes.Select(s => s.Labels["journal"]).Distinct().Order());
        Assert.All(writes.Where(s => s.Name.EndsWith("_sum", StringComparison.Ordinal)), s => Assert.InRange(s.Value, 1e-9, 600));
    }

    private static async Task<IReadOnlyDictionary<string, MetricFamily>> ReadAsync(TestSeed seed) =>
        Exposition.Read(await seed.Http.GetStringAsync("/metrics"));

    private static async Task<double> ValueAsync(TestSeed seed, string name, (string Name, string Value) label) =>
        (await ReadAsync(seed))[name].Samples.Single(s => s.Labels[label.Name] == label.Value).Value;
}
