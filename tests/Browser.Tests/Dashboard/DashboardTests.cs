using System.Text.Json.Nodes;
using Cairn.Actors.Runs;
using Cairn.Api.Tests;
using Cairn.Browser.Tests.Pictures;
using Cairn.Engine.Rollouts;
using Microsoft.Playwright;

namespace Cairn.Browser.Tests.Dashboard;

/// <summary>The dashboard before a real seed, whose nodes do what the test says.</summary>
[Trait("Category", "Slow")]
public sealed class DashboardTests(Chromium chromium) : IClassFixture<Chromium>
{
    [SkippableFact]
    public async Task Runs_and_nodes_show_as_they_come()
    {
        await using var seed = await TestSeed.StartAsync();
        await using var open = await chromium.OpenDashboardAsync(seed.Server.Address);
        await SeeAsync(open, "There is no run yet");
        var id = await seed.SubmitAsync();
        await SeeAsync(open, id);
        var worker = seed.Worker();
        await worker.RegisterAsync(load: 0.5);
        var grants = await worker.OpenAsync();
        await SeeAsync(open, "0 of 2, 2 under way");

        await open.Page.ClickAsync("nav >> text=Nodes");

        await SeeAsync(open, "node-1");
        await SeeAsync(open, "2 of 8");
        await worker.CompleteAsync(grants[0]);
        await SeeAsync(open, "1 of 8");
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task It_is_dark_or_light_as_the_system_is_or_as_its_reader_says_and_keeps_that()
    {
        await using var seed = await TestSeed.StartAsync();
        await using var open = await chromium.OpenDashboardAsync(seed.Server.Address, dark: true);
        Assert.True(await IsDarkAsync(open));
        await open.Page.SelectOptionAsync("[aria-label=theme]", "light");
        Assert.False(await IsDarkAsync(open));
        await open.Page.EmulateMediaAsync(new() { ColorScheme = Microsoft.Playwright.ColorScheme.Light });
        await open.Page.SelectOptionAsync("[aria-label=theme]", "dark");
        await open.Page.ReloadAsync();
        await open.Page.WaitForSelectorAsync("main h1");
        Assert.True(await IsDarkAsync(open));
        Assert.Equal("dark", await open.Page.InputValueAsync("[aria-label=theme]"));
        await open.Page.SelectOptionAsync("[aria-label=theme]", "system");
        Assert.False(await IsDarkAsync(open));
    }

    private static Task<bool> IsDarkAsync(OpenPage open) => open.Page.EvaluateAsync<bool>(
        "() => getComputedStyle(document.body).backgroundColor !== 'rgb(255, 255, 255)'");

    [SkippableFact]
    public async Task A_run_shows_its_batches_over_lead_time_and_where_they_failed_and_why()
    {
        await using var seed = await TestSeed.StartAsync();
        var id = await seed.SubmitAsync();
        var worker = seed.Worker();
        await worker.RegisterAsync();
        var grants = await worker.OpenAsync();
        await worker.CommitAsync(grants[0], 6);
        await using var open = await chromium.OpenDashboardAsync(seed.Server.Address, $"#/runs/{id}");
        await open.Page.WaitForSelectorAsync("[role=row][aria-rowindex='3']");

        await worker.ReportAsync(grants[0], new RankFailed(0, null, TimeSpan.FromHours(12), "the wind blew <b>hard</b>"));

        var mark = open.Page.Locator(".lane .mark.rank-failed");
        await mark.WaitForAsync();
        Assert.Equal("a rank failed at 12 h: the wind blew <b>hard</b>", await mark.GetAttributeAsync("title"));
        await open.Page.FocusAsync("[role=grid]");
        await open.Page.Keyboard.PressAsync("ArrowDown");
        await SeeAsync(open, "at lead time 12 h: rank failed the wind blew <b>hard</b>");
        Assert.Equal("row-0", await open.Page.GetAttributeAsync("[role=grid]", "aria-activedescendant"));

        await worker.FailAsync(grants[0], "nothing helped");
        await SeeAsync(open, "nothing helped");
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task What_a_run_is_told_is_asked_once_and_shows()
    {
        await using var seed = await TestSeed.StartAsync();
        var id = await seed.SubmitAsync();
        var worker = seed.Worker();
        await worker.RegisterAsync();
        await worker.OpenAsync();
        await using var open = await chromium.OpenDashboardAsync(seed.Server.Address, $"#/runs/{id}");

        await open.Page.ClickAsync("button:text-is('Pause')");
        await open.Page.ClickAsync("dialog >> text=Not now");
        await open.Page.ClickAsync("button:text-is('Pause')");
        await open.Page.ClickAsync("dialog >> text=Pause it");
        await SeeAsync(open, $"{id} will pause.");
        await open.Page.ClickAsync("button:text-is('Resume')");
        await open.Page.ClickAsync("dialog >> text=Resume it");
        await open.Page.WaitForSelectorAsync("button:text-is('Pause')");
        await open.Page.ClickAsync("button:text-is('Checkpoint now')");
        await open.Page.ClickAsync("dialog >> .main");
        await worker.HearAsync<BatchCommand>(c => c.Order == BatchOrder.Commit);
        await open.Page.ClickAsync("button:text-is('Cancel')");
        await open.Page.ClickAsync("dialog >> text=Cancel the run");
        await open.Page.WaitForSelectorAsync(".badge.cancelling");

        Assert.Equal(
            ["run paused", "run resumed", "run cancelled"],
            (await seed.JournalAsync(id)).Select(e => e.Event).Where(e =>
                e is RunPaused or RunResumed or RunCancelled).Select(e => e switch
            {
                RunPaused => "run paused", RunResumed => "run resumed", _ => "run cancelled",
            }));
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task A_node_is_drained_when_that_is_confirmed()
    {
        await using var seed = await TestSeed.StartAsync();
        var worker = seed.Worker();
        await worker.RegisterAsync();
        await using var open = await chromium.OpenDashboardAsync(seed.Server.Address, "#/nodes");
        await open.Page.ClickAsync("[aria-label='Drain node-1']");
        await open.Page.ClickAsync("dialog >> text=Drain it");

        await worker.HearAsync<NodeDrain>();
        await open.Page.WaitForSelectorAsync(".badge.draining");
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task A_spec_s_mistakes_stand_beside_their_lines_and_a_good_one_is_submitted()
    {
        await using var seed = await TestSeed.StartAsync();
        await using var open = await chromium.OpenDashboardAsync(seed.Server.Address, "#/submit");
        await open.Page.FillAsync("#spec", seed.Spec().Replace("persistence", "telepathy", StringComparison.Ordinal));
        await open.Page.ClickAsync("button:text-is('Check')");
        await open.Page.ClickAsync("text=line 2, column");

        Assert.Contains("found \"telepathy\"; expected one of", await open.TextAsync(".mistakes"), StringComparison.Ordinal);
        Assert.Equal("2", await open.TextAsync(".lines .wrong"));
        Assert.StartsWith("model {", await open.Page.EvalOnSelectorAsync<string>(
            "#spec", "field => field.value.slice(field.selectionStart, field.selectionEnd)"), StringComparison.Ordinal);
        Assert.Equal(0, await seed.RunsAsync());

        await open.Page.FillAsync("#spec", seed.Spec());
        await open.Page.ClickAsync("button:text-is('Submit …')");
        await SeeAsync(open, "4 members in batches of 2, 3 boundaries");
        await open.Page.ClickAsync("dialog >> text=Submit it");
        // Where it is refused, the question says why.
        await open.Page.WaitForFunctionAsync("() => location.hash === '#/runs/trial-1' || document.querySelector('dialog .problem')");
        Assert.True(await open.Page.Locator("dialog").CountAsync() == 0, await open.TextAsync("body"));
        Assert.Equal(1, await seed.RunsAsync());
        // The browser itself reports the refusal of the check.
        Assert.All(open.Complaints, c => Assert.Contains("422", c, StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task A_spec_in_a_YAML_file_is_read_as_one()
    {
        await using var seed = await TestSeed.StartAsync();
        await using var open = await chromium.OpenDashboardAsync(seed.Server.Address, "#/submit");
        var file = Path.Combine(seed.Folder, "spec.yaml");
        await File.WriteAllTextAsync(file, "name: trial\nmodel:\n  kind: telepathy\n");
        await open.Page.SetInputFilesAsync("input[type=file]", file);
        await open.Page.ClickAsync("button:text-is('Check')");

        await open.Page.ClickAsync("text=line 3, column");
        Assert.Contains("found \"telepathy\"", await open.TextAsync(".mistakes"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Without_its_token_a_seed_shows_nothing_and_with_it_all_and_the_token_stays_in_the_tab()
    {
        await using var seed = await TestSeed.StartAsync(withToken: true);
        await seed.SubmitAsync();
        await using var open = await chromium.OpenDashboardAsync(seed.Server.Address);
        await open.Page.FillAsync("#token", "another-token-of-some-length");
        await open.Page.Keyboard.PressAsync("Enter");
        await SeeAsync(open, "That is not this server's token.");
        Assert.DoesNotContain("trial", await open.TextAsync("body"), StringComparison.Ordinal);

        await open.Page.FillAsync("#token", TestSeed.Token);
        await open.Page.Keyboard.PressAsync("Enter");

        await open.Page.ClickAsync("text=trial-1");
        await SeeAsync(open, "To lead time");
        Assert.DoesNotContain(TestSeed.Token, open.Page.Url, StringComparison.Ordinal);
        Assert.Equal(0, await open.Page.EvaluateAsync<int>("() => localStorage.length + document.cookie.length"));
        await open.Page.ClickAsync("text=Log out");
        await open.Page.WaitForSelectorAsync("#token");
        Assert.All(open.Complaints, c => Assert.Contains("401", c, StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task A_seed_that_does_not_answer_is_told_and_what_was_known_stays()
    {
        await using var seed = await TestSeed.StartAsync();
        var id = await seed.SubmitAsync();
        await using var open = await chromium.OpenDashboardAsync(seed.Server.Address, $"#/runs/{id}");
        await SeeAsync(open, "To lead time");
        await open.Page.RouteAsync("**/api/**", route => route.AbortAsync());
        await SeeAsync(open, "has not answered since");
        Assert.Contains("To lead time", await open.TextAsync("main"), StringComparison.Ordinal);

        await open.Page.UnrouteAllAsync();

        await open.Page.WaitForFunctionAsync("() => document.querySelector('.state').textContent.trim() === ''");
    }

    [SkippableFact]
    public async Task Where_the_seed_cannot_see_a_run_s_folder_the_forecast_says_so_and_what_to_type()
    {
        await using var seed = await TestSeed.StartAsync();
        var id = await seed.SubmitAsync();
        var worker = seed.Worker();
        await worker.RegisterAsync();
        await worker.OpenAsync();
        await using var open = await chromium.OpenDashboardAsync(seed.Server.Address, $"#/runs/{id}/forecast", 360, dark: true);

        var told = open.Page.FrameLocator("iframe.forecast").Locator("[role=alert]");
        await told.WaitForAsync();
        Assert.Contains($"cairn picture {seed.Folder}/trial/checkpoints", await told.TextContentAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await open.OverflowAsync());
        await open.KeepAsync("dashboard-no-forecast-360-dark");
        Assert.All(open.Complaints, c => Assert.Contains("404", c, StringComparison.Ordinal));
    }

    /// <summary>A browser opens six connections to a server without TLS, for all its tabs: a seventh tab would never load.</summary>
    [SkippableFact]
    public async Task A_page_that_nobody_sees_holds_no_stream_and_misses_nothing()
    {
        await using var seed = await TestSeed.StartAsync();
        var id = await seed.SubmitAsync();
        await using var open = await chromium.OpenDashboardAsync(seed.Server.Address, $"#/runs/{id}/events");
        await seed.UntilAsync("cairn_event_streams 1\n");
        await HideAsync(open, true);
        await seed.UntilAsync("cairn_event_streams 0\n");
        await seed.Http.PostAsync($"/api/runs/{id}/pause", null);

        await HideAsync(open, false);

        await SeeAsync(open, "run paused");
        Assert.Equal(2, await open.Page.Locator(".events li").CountAsync());
        Assert.Empty(open.Complaints);
    }

    private static async Task HideAsync(OpenPage open, bool isHidden) => await open.Page.EvaluateAsync(
        "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
        + " document.dispatchEvent(new Event('visibilitychange')); }", isHidden);

    [SkippableFact]
    public async Task A_run_s_spec_and_provenance_can_be_copied()
    {
        await using var seed = await TestSeed.StartAsync();
        var id = await seed.SubmitAsync();
        await using var open = await chromium.OpenDashboardAsync(seed.Server.Address, $"#/runs/{id}/spec");
        await open.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await open.Page.ClickAsync("text=Copy spec and provenance");
        await SeeAsync(open, "The provenance is copied.");

        var copied = JsonNode.Parse(await open.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()"))!;
        Assert.Equal(id, copied["run"]!.GetValue<string>());
        Assert.Equal("persistence", copied["spec"]!["model"]!["kind"]!.GetValue<string>());
        Assert.Empty(open.Complaints);
    }

    internal static Task SeeAsync(OpenPage open, string text) => open.Page.WaitForFunctionAsync(
        "text => document.body.innerText.replace(/\\s+/g, ' ').includes(text)", text,
        new PageWaitForFunctionOptions { PollingInterval = 100 });
}
