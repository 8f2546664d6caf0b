using System.Net;
using System.Net.Http.Headers;
using Cairn.Api.Server;
using Cairn.Api.Telemetry;
using Cairn.Engine.Runs;
using Cairn.Engine.Settings;

namespace Cairn.Api.Tests.Telemetry;

/// <summary>Who may read a worker's metrics.</summary>
public sealed class WorkerTelemetryTests
{
    [Fact]
    public async Task A_worker_serves_no_metrics_unless_it_is_told_to()
    {
        await using var telemetry = await StartAsync(null, token: null);
        Assert.Null(telemetry.Address);
    }

    [Fact]
    public async Task Metrics_are_served_at_a_port_of_their_own_and_nothing_else_is()
    {
        await using var telemetry = await StartAsync(new(IPAddress.Loopback, 0, null), token: null);
        using var http = new HttpClient { BaseAddress = telemetry.Address };
        Assert.Contains("cairn_build_info", Exposition.Read(await http.GetStringAsync("/metrics")).Keys);
        Assert.Equal("alive\n", await http.GetStringAsync("/healthz"));
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/api/runs")).StatusCode);
    }

    [Fact]
    public async Task Who_has_no_token_may_not_read_them()
    {
        await using var telemetry = await StartAsync(new(IPAddress.Loopback, 0, null), TestSeed.Token);
        using var http = new HttpClient { BaseAddress = telemetry.Address };
        using var refused = await http.GetAsync("/metrics");
        await TestSeed.ProblemAsync(refused, HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/healthz")).StatusCode);

        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestSeed.Token);
        Assert.Contains("cairn_build_info", Exposition.Read(await http.GetStringAsync("/metrics")).Keys);
    }

    [Fact]
    public async Task Metrics_that_other_machines_reach_need_a_token()
    {
        var error = await Assert.ThrowsAsync<SpecException>(() => StartAsync(new(IPAddress.Any, 0, null), token: null));
        Assert.Contains("node.metrics.token-file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_with_the_settings_that_choose_another()
    {
        await using var first = await StartAsync(new(IPAddress.Loopback, 0, null), token: null);
        var error = await Assert.ThrowsAsync<SpecException>(() => StartAsync(
            new(IPAddress.Loopback, first.Address!.Port, null), token: null));
        Assert.Contains("node.metrics.port", error.Message, StringComparison.Ordinal);
    }

    private static Task<WorkerTelemetry> StartAsync(MetricsEndpoint? endpoint, string? token) => WorkerTelemetry.StartAsync(
        new WorkerSettings { Node = new NodeSpec(1), Metrics = endpoint }, name => name == BearerToken.Variable ? token : null, _ => { });
}
