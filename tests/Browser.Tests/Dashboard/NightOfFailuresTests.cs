using System.Text.RegularExpressions;
using Cairn.Browser.Tests.Pictures;
using Cairn.Cluster.Tests;
using Cairn.Cluster.Tests.Cluster;

namespace Cairn.Browser.Tests.Dashboard;

/// <summary>The dashboard before real processes, some of which die while it is open.</summary>
[Trait("Category", "Slow")]
public sealed partial class NightOfFailuresTests(Chromium chromium) : IClassFixture<Chromium>
{
    [SkippableFact]
    public async Task A_worker_and_the_seed_are_killed_while_the_page_is_open_and_the_page_tells_what_happened()
    {
        Skip.IfNot(Chromium.IsThere, "chromium is not there");
        using var scratch = new Scratch();
        await using var cluster = await TestCluster.StartAsync(scratch, workers: 2);
        var server = new Uri(cluster.Seeds[0].Url);
        await using var open = await chromium.OpenDashboardAsync(server, "#/submit");
        await SubmitAsync(open, Spec(scratch, "winds", boundaries: 4000));
        await open.Page.WaitForSelectorAsync(".rows .how.granted");
        // All slots are taken, and both nodes have something to lose: sessions of both batches.
        await open.Page.WaitForFunctionAsync(
            "() => [...document.querySelectorAll('.what .hidden')].filter(e => /committed to\\s+\\d/.test(e.textContent)).length >= 2");
        await open.Page.ClickAsync(".tabs >> text=Forecast");
        await open.Page.FrameLocator("iframe.forecast").Locator("html[data-ready=yes]").WaitForAsync(
            new() { State = Microsoft.Playwright.WaitForSelectorState.Attached });
        Assert.Contains("are not committed yet", await open.Page.FrameLocator("iframe.forecast").Locator("#pending").TextContentAsync(),
            StringComparison.Ordinal);
        await open.Page.ClickAsync(".tabs >> text=Batches");

        cluster.Kill(cluster.Workers[0]);
        await open.Page.WaitForSelectorAsync(".lane .mark.lost");
        // The cluster's word may come before the registry misses the node.
        Assert.Matches("its node was lost at .*node-1-[0-9a-f]+ was (lost|removed from the cluster)",
            await open.Page.GetAttributeAsync(".lane .mark.lost", "title"));
        cluster.Seed.Kill();
        await DashboardTests.SeeAsync(open, "The seed has not answered since");
        await cluster.StartSeedAsync();
        await open.Page.WaitForFunctionAsync("() => document.querySelector('.state').textContent.trim() === ''");
        await open.Page.WaitForSelectorAsync(".head .badge.completed");

        await open.Page.ClickAsync("nav >> text=Timeline");
        await open.Page.WaitForSelectorAsync(".attempt.lost");
        var text = await open.TextAsync("main");
        Assert.Matches("node-1-[0-9a-f]+ was (lost|removed from the cluster)", text);
        // The seed's two lives.
        await open.Page.WaitForFunctionAsync("() => document.querySelectorAll('#begunTitle ~ ul li').length === 2");
        await open.KeepAsync("dashboard-night");
        // What a browser reports by itself of a server that is not there.
        Assert.All(open.Complaints, c => Assert.Matches("ERR_|Failed to load resource|Failed to fetch|network error", c));
    }

    [SkippableFact]
    public async Task A_local_run_shows_itself_behind_a_token_and_can_be_told_and_takes_no_other()
    {
        Skip.IfNot(Chromium.IsThere, "chromium is not there");
        using var scratch = new Scratch();
        var spec = scratch["spec.conf"];
        await File.WriteAllTextAsync(spec, Spec(scratch, "local", boundaries: 200_000));
        using var run = CairnProcess.Start(scratch.Folder, "run", spec, "--plain", "--dashboard");
        var line = DashboardLine().Match(await run.LineAsync(l => l.StartsWith("dashboard at ", StringComparison.Ordinal)));
        Assert.True(line.Success);
        var server = new Uri(line.Groups["address"].Value);
        await using var open = await chromium.OpenDashboardAsync(server);
        await open.Page.FillAsync("#token", line.Groups["token"].Value);
        await open.Page.Keyboard.PressAsync("Enter");
        await open.Page.WaitForSelectorAsync(".rows .how.granted");
        Assert.EndsWith("#/runs/local-1", open.Page.Url, StringComparison.Ordinal);
        Assert.DoesNotContain("Submit", await open.TextAsync("nav"), StringComparison.Ordinal);

        using var http = new HttpClient { BaseAddress = server };
        http.DefaultRequestHeaders.Authorization = new("Bearer", line.Groups["token"].Value);
        using var submitted = await http.PostAsync("/api/runs", new StringContent("{}", null, "application/json"));
        Assert.Equal(System.Net.HttpStatusCode.MethodNotAllowed, submitted.StatusCode);
        await open.Page.ClickAsync("button:text-is('Cancel')");
        await open.Page.ClickAsync("dialog >> text=Cancel the run");

        Assert.Equal(3, await run.ExitAsync());
        await DashboardTests.SeeAsync(open, "The process of this run has not answered since");
    }

    private static async Task SubmitAsync(OpenPage open, string spec)
    {
        await open.Page.FillAsync("#spec", spec);
        await open.Page.ClickAsync("button:text-is('Submit …')");
        await open.Page.ClickAsync("dialog >> text=Submit it");
        await open.Page.WaitForFunctionAsync("() => location.hash.startsWith('#/runs/')");
    }

    private static string Spec(Scratch scratch, string name, int boundaries) => $$"""
        name = {{name}}
        model { kind = shallow-water, step = 90s, nx = 48, ny = 48, dx = 100000 }
        initial { source = model, case = sine-waves }
        lead-times { every = 30m, count = {{boundaries}} }
        ensemble { size = 4, batch-size = 1, perturbation { kind = gaussian, amplitude = 0.1, variables = [u, v] } }
        checkpoint { path = "{{scratch[$"{name}/checkpoints"]}}", history-size = 3, flush-interval = 40, durability = none }
        output { path = "{{scratch[$"{name}/fields.zarr"]}}", variables = [p], every = 40, lead-times-per-chunk = 1 }
        """;

    [GeneratedRegex("^dashboard at (?<address>http://127.0.0.1:[0-9]+/), token (?<token>[0-9a-f]{32})$")]
    private static partial Regex DashboardLine();
}
