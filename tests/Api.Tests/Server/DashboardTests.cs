using System.Net;
using System.Net.Http.Json;
using Cairn.Actors;
using Cairn.Api.Wire;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Api.Tests.Server;

/// <summary>What the dashboard is served, and what it may ask.</summary>
public sealed class DashboardTests
{
    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/forecast", "text/html")]
    [InlineData("/dashboard/app.js", "text/javascript")]
    [InlineData("/dashboard/picture.js", "text/javascript")]
    [InlineData("/dashboard/picture.css", "text/css")]
    public async Task Its_files_need_no_token_and_may_run_nothing_but_themselves(string path, string kind)
    {
        await using var seed = await TestSeed.StartAsync(withToken: true);
        seed.Http.DefaultRequestHeaders.Authorization = null;
        using var answer = await seed.Http.GetAsync(path);

        Assert.Equal((HttpStatusCode.OK, kind), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        using var api = await seed.Http.GetAsync("/api/runs");
        await TestSeed.ProblemAsync(api, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_browser_that_has_a_file_is_told_so_and_unknown_ones_are_missing()
    {
        await using var seed = await TestSeed.StartAsync();
        using var first = await seed.Http.GetAsync("/dashboard/app.js");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/dashboard/app.js");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await seed.Http.SendAsync(again);
        using var missing = await seed.Http.GetAsync("/dashboard/../api.js");

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        await TestSeed.ProblemAsync(missing, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("the seed's own", true)]
    [InlineData("http://127.0.0.1:1", false)]
    [InlineData("null", false)]
    public async Task Without_a_token_only_the_seed_s_own_page_may_tell_it_something(string origin, bool isTaken)
    {
        await using var seed = await TestSeed.StartAsync();
        var id = await seed.SubmitAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/runs/{id}/pause");
        request.Headers.Add("Origin", isTaken ? seed.Server.Address.GetLeftPart(UriPartial.Authority) : origin);
        using var answer = await seed.Http.SendAsync(request);

        Assert.Equal(isTaken ? HttpStatusCode.Accepted : HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_spec_is_checked_as_a_submission_is_and_nothing_is_submitted()
    {
        await using var seed = await TestSeed.StartAsync();
        using var good = await seed.PostAsync(seed.Spec(), path: "/api/runs/check");
        var read = (await good.Content.ReadFromJsonAsync<CheckedSpec>(WireJson.Options))!;
        Assert.Equal(("trial", "persistence"), (read.Name, read.Spec.GetProperty("model").GetProperty("kind").GetString()));

        var wrong = seed.Spec().Replace("kind = persistence", "kind = telepathy", StringComparison.Ordinal)
            + "output.path = \"/etc/x.zarr\"";
        using var bad = await seed.PostAsync(wrong, path: "/api/runs/check");
        using var submitted = await seed.PostAsync(wrong);

        var problem = await TestSeed.ProblemAsync(bad, HttpStatusCode.UnprocessableEntity);
        Assert.Contains(problem.Errors!, e => e is { Setting: "model.kind", Line: 2 });
        Assert.Contains(problem.Errors!, e => e.Setting == "output.path");
        Assert.Equal((await TestSeed.ProblemAsync(submitted, HttpStatusCode.UnprocessableEntity)).Errors, problem.Errors);
        Assert.Equal(0, await seed.RunsAsync());
    }

    [Fact]
    public async Task Lists_tell_how_fast_runs_go()
    {
        await using var seed = await TestSeed.StartAsync();
        await seed.SubmitAsync();
        var worker = seed.Worker();
        await worker.RegisterAsync();
        await worker.CommitAsync((await worker.OpenAsync())[0], 18);

        var run = (await seed.GetAsync("/api/runs"))["runs"]![0]!;
        Assert.Equal(0.5, run["pace"]!["done"]!.GetValue<double>());
    }

    [Fact]
    public async Task A_run_s_forecast_is_drawn_of_what_is_committed_and_only_when_there_is_more()
    {
        await using var seed = await TestSeed.StartAsync();
        var id = await seed.SubmitAsync();
        using var before = await seed.Http.GetAsync($"/api/runs/{id}/forecast");
        var problem = await TestSeed.ProblemAsync(before, HttpStatusCode.NotFound);
        Assert.Contains("was not opened yet", problem.Detail, StringComparison.Ordinal);

        var spec = SubmittedSpec.Read(seed.Spec(), SpecFormat.Hocon, new SubmissionRules([seed.Folder, "/"], []));
        await LocalRun.RunAsync(spec, new RunOptions(), new Nobody(), CancellationToken.None);

        using var drawn = await seed.Http.GetAsync($"/api/runs/{id}/forecast");
        using var again = new HttpRequestMessage(HttpMethod.Get, $"/api/runs/{id}/forecast");
        again.Headers.IfNoneMatch.Add(drawn.Headers.ETag!);
        using var same = await seed.Http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.StartsWith("<!doctype html>", await drawn.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("sandbox", drawn.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_whose_folder_the_seed_cannot_see_is_told_so()
    {
        await using var seed = await TestSeed.StartAsync();
        var id = await seed.SubmitAsync();
        var worker = seed.Worker();
        await worker.RegisterAsync();
        await worker.OpenAsync();
        using var answer = await seed.Http.GetAsync($"/api/runs/{id}/forecast");

        var problem = await TestSeed.ProblemAsync(answer, HttpStatusCode.NotFound);
        Assert.Contains("is on a file system of the workers that the seed cannot access", problem.Detail, StringComparison.Ordinal);
        Assert.Contains($"cairn picture {seed.Folder}/trial/checkpoints", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_nodes_come_with_the_times_when_the_registry_began()
    {
        await using var seed = await TestSeed.StartAsync();
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        // Nobody waits for the journal that keeps them.
        while ((await seed.GetAsync("/api/nodes"))["registry_began"]!.AsArray() is not { Count: 1 })
            await again.WaitForNextTickAsync(patience.Token);
    }

    private sealed class Nobody : IRunObserver
    {
        public void On(RunEvent runEvent)
        {
        }
    }
}
