using System.Net;
using System.Net.Http.Json;
using Cairn.Actors.Runs;
using Cairn.Api.Wire;


namespace Cairn.Api.Tests.Server;

public sealed class RunCommandTests : IAsyncLifetime
{
    private TestSeed _seed = null!;
    private TestWorker _worker = null!;

    public async Task InitializeAsync()
    {
        _seed = await TestSeed.StartAsync();
        _worker = _seed.Worker();
    }

    public async Task DisposeAsync() => await _seed.DisposeAsync();

    [Fact]
    public async Task A_run_under_way_is_told_batch_by_batch()
    {
        await _worker.RegisterAsync();
        var id = await _seed.SubmitAsync();
        var grants = await _worker.OpenAsync();
        var (one, other) = (grants.Single(g => g.Batch.First == 0), grants.Single(g => g.Batch.First == 2));
        await _worker.CommitAsync(one, 6);
        await _worker.CommitAsync(one, 12);
        _worker.Progress(one, 12, 2);
        await _worker.FailAsync(other, "the model blew up");
        var run = await RunAsync(id);

        Assert.Equal((RunState.Running, 2, 1, 1), (run.State, run.Progress.Batches, run.Progress.Granted, run.Progress.Failed));
        var first = run.Batches.Single(b => b.First == 0);
        Assert.Equal((Part.Members, 1, "PT12H", "PT12H", "commit_00000012", "node-1"),
            (first.Part, first.Last!.Value, first.LeadTime, first.CommittedLeadTime, first.NewestSession, first.Node));
        var failed = run.Attempts.Single(a => a.First == 2);
        Assert.Equal((AttemptOutcome.Failed, "the model blew up", "node-1", other.Epoch),
            (failed.Outcome!.Value, failed.Cause, failed.Node, failed.Epoch));
        Assert.Equal(new ErrorWire(Part.Members, 2, 3, "the model blew up"), Assert.Single(run.Errors));
        Assert.NotNull(run.Pace);
        var brief = await _seed.Http.GetFromJsonAsync<RunDetail>($"/api/runs/{id}?brief=true", WireJson.Options);
        Assert.Equal((0, run.Batches.Count), (brief!.Attempts.Count, brief.Batches.Count));
    }

    [Fact]
    public async Task A_batch_that_waits_says_why()
    {
        await _worker.RegisterAsync();
        using var answer = await _seed.PostAsync(_seed.Spec(more: "requires.gpu = true"));
        var submitted = await answer.Content.ReadFromJsonAsync<Submitted>(WireJson.Options);
        var run = await RunAsync(submitted!.Id);

        Assert.Contains("GPU", Assert.Single(run.Batches).Waits, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pausing_resuming_and_committing_reach_the_node_that_has_the_batches()
    {
        await _worker.RegisterAsync();
        var id = await _seed.SubmitAsync();
        await TellAsync($"/api/runs/{id}/commit", HttpStatusCode.Conflict);
        await _worker.OpenAsync();
        foreach (var (command, order) in new[] { ("pause", BatchOrder.Pause), ("resume", BatchOrder.Resume),
            ("commit", BatchOrder.Commit) })
        {
            await TellAsync($"/api/runs/{id}/{command}", HttpStatusCode.Accepted);
            await _worker.HearAsync<BatchCommand>(c => c.Order == order && c.Batch.First == 2);
            Assert.Equal(command == "pause", (await RunAsync(id)).Paused);
        }
    }

    [Fact]
    public async Task A_run_that_waits_is_cancelled_and_may_be_retried()
    {
        var id = await _seed.SubmitAsync();
        await TellAsync($"/api/runs/{id}/retry", HttpStatusCode.Conflict);
        await TellAsync($"/api/runs/{id}/cancel", HttpStatusCode.Accepted);

        Assert.True((await RunAsync(id)).CancelRequested);
        Assert.Equal(RunState.Cancelled, (await RunAsync(id)).State);
        await TellAsync($"/api/runs/{id}/cancel", HttpStatusCode.Accepted);
        await TellAsync($"/api/runs/{id}/retry", HttpStatusCode.Accepted);
        Assert.False((await RunAsync(id)).State is RunState.Cancelled);
    }

    [Fact]
    public async Task A_run_that_is_complete_can_neither_be_cancelled_nor_retried()
    {
        var id = await _seed.SubmitAsync();
        await _worker.CompleteAsync();

        await TellAsync($"/api/runs/{id}/cancel", HttpStatusCode.Conflict);
        await TellAsync($"/api/runs/{id}/retry", HttpStatusCode.Conflict);
        Assert.Equal(RunState.Completed, (await RunAsync(id)).State);
    }

    [Theory]
    [InlineData("/api/runs/nobody/cancel")]
    [InlineData("/api/runs/nobody/retry")]
    [InlineData("/api/runs/nobody/pause")]
    [InlineData("/api/runs/nobody/resume")]
    [InlineData("/api/runs/nobody/commit")]
    [InlineData("/api/nodes/nobody/drain")]
    [InlineData("/api/members/remove?address=10.0.0.1:7071")]
    public Task What_is_not_there_cannot_be_told_anything(string path) => TellAsync(path, HttpStatusCode.NotFound);

    [Fact]
    public async Task A_node_that_is_drained_hears_of_it()
    {
        await _worker.RegisterAsync(load: 0.5);
        await TellAsync("/api/nodes/node-1/drain", HttpStatusCode.Accepted);
        await _worker.HearAsync<NodeDrain>();
        var nodes = await _seed.Http.GetFromJsonAsync<NodePage>("/api/nodes", WireJson.Options);

        var node = Assert.Single(nodes!.Nodes);
        Assert.Equal(("node-1", NodeState.Draining, 8, 0.5), (node.Id, node.State, node.Slots, node.Load));
        Assert.Equal(["cpu", "large"], node.Devices.Concat(node.Labels));
    }

    [Fact]
    public async Task A_seed_that_is_in_no_cluster_has_no_members() =>
        Assert.Empty((await _seed.GetAsync("/api/members"))["members"]!.AsArray());

    [Fact]
    public async Task Figures_count_runs_batches_nodes_reports_and_requests()
    {
        await _seed.SubmitAsync("one");
        await _worker.CompleteAsync();
        await _seed.SubmitAsync("two");
        await _worker.OpenAsync();
        var text = await _seed.FiguresAsync();

        foreach (var line in new[]
        {
            "cairn_runs{state=\"completed\"} 1", "cairn_runs{state=\"running\"} 1", "cairn_runs{state=\"failed\"} 0",
            "cairn_batches{state=\"granted\"} 2", "cairn_nodes{state=\"up\"} 1", "cairn_slots 8",
            "cairn_http_requests_total{method=\"POST\",route=\"/api/runs\",status=\"202\"} 2", "cairn_event_streams 0",
            "cairn_grants_total 7", "cairn_reports_total 7",
        })
        {
            Assert.Contains(line + "\n", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_OpenAPI_document_has_every_endpoint_and_its_problems()
    {
        var document = await _seed.GetAsync("/openapi.json");
        var paths = document["paths"]!.AsObject();

        Assert.Equal(
            ["/api/members", "/api/members/remove", "/api/nodes", "/api/nodes/{id}/drain", "/api/runs", "/api/runs/check",
                "/api/runs/{id}", "/api/runs/{id}/cancel", "/api/runs/{id}/commit", "/api/runs/{id}/events", "/api/runs/{id}/forecast",
                "/api/runs/{id}/pause", "/api/runs/{id}/resume", "/api/runs/{id}/retry", "/api/seed", "/healthz", "/metrics", "/readyz"],
            paths.Select(p => p.Key).Order(StringComparer.Ordinal));
        var submit = paths["/api/runs"]!["post"]!;
        Assert.Equal(["202", "400", "401", "409", "413", "415", "422", "429", "503"],
            submit["responses"]!.AsObject().Select(r => r.Key).Order(StringComparer.Ordinal));
        var kinds = submit["requestBody"]!["content"]!.AsObject().Select(c => c.Key);
        Assert.Equal(["application/hocon", "application/json", "application/yaml"], kinds);
        Assert.Contains("committed_lead_time", document.ToJsonString(), StringComparison.Ordinal);
    }

    private async Task<RunDetail> RunAsync(string id) =>
        (await _seed.Http.GetFromJsonAsync<RunDetail>($"/api/runs/{id}", WireJson.Options))!;

    private async Task TellAsync(string path, HttpStatusCode expected)
    {
        using var answer = await _seed.Http.PostAsync(path, null);
        if (expected == HttpStatusCode.Accepted)
            Assert.Equal(expected, answer.StatusCode);
        else
            await TestSeed.ProblemAsync(answer, expected);
    }
}
