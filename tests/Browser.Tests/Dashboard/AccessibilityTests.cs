using Cairn.Api.Tests;
using Cairn.Browser.Tests.Pictures;
using Cairn.Engine.Rollouts;
using Deque.AxeCore.Playwright;

namespace Cairn.Browser.Tests.Dashboard;

/// <summary>Every view of the dashboard, on a wide screen and on a phone, light and dark.</summary>
[Trait("Category", "Slow")]
public sealed class AccessibilityTests(Chromium chromium) : IClassFixture<Chromium>
{
    [SkippableTheory]
    [InlineData(1280, false)]
    [InlineData(1280, true)]
    [InlineData(360, false)]
    [InlineData(360, true)]
    public async Task Every_view_can_be_read_and_used_by_everybody(int width, bool dark)
    {
        await using var seed = await TestSeed.StartAsync();
        var id = await BusyAsync(seed);
        foreach (var (name, place, sign) in ((string, string, string)[])
        [
            ("runs", "", "[href='#/runs/trial-1']"), ("nodes", "#/nodes", ".badge.up"), ("timeline", "#/timeline", ".attempt"),
            ("submit", "#/submit", "#spec"), ("run", $"#/runs/{id}", ".mark.rank-failed"),
            ("run-timeline", $"#/runs/{id}/timeline", ".attempt"),
            ("run-events", $"#/runs/{id}/events", ".events li"), ("run-logs", $"#/runs/{id}/logs", ".events li"),
            ("run-spec", $"#/runs/{id}/spec", "pre"),
        ])
        {
            await using var open = await chromium.OpenDashboardAsync(seed.Server.Address, place, width, dark);
            await open.Page.WaitForSelectorAsync(sign, new() { State = Microsoft.Playwright.WaitForSelectorState.Attached });
            if (name == "run")
                await open.Page.ClickAsync("#row-0");

            await LookAsync(open, $"dashboard-{name}-{width}{(dark ? "-dark" : "")}");
            Assert.Empty(open.Complaints);
        }
    }

    [SkippableTheory]
    [InlineData(1280)]
    [InlineData(360)]
    public async Task So_can_logging_in_and_what_is_asked(int width)
    {
        await using var seed = await TestSeed.StartAsync(withToken: true);
        await using var open = await chromium.OpenDashboardAsync(seed.Server.Address, "#/nodes", width);
        await LookAsync(open, $"dashboard-login-{width}");
        await seed.Worker().RegisterAsync();
        await open.Page.FillAsync("#token", TestSeed.Token);
        await open.Page.Keyboard.PressAsync("Enter");
        await open.Page.ClickAsync("[aria-label='Drain node-1']");
        await open.Page.WaitForSelectorAsync("dialog[open]");
        await LookAsync(open, $"dashboard-question-{width}");

        await open.Page.Keyboard.PressAsync("Escape");

        await open.Page.WaitForSelectorAsync("dialog", new() { State = Microsoft.Playwright.WaitForSelectorState.Detached });
    }

    /// <summary>A run with something to see in every view.</summary>
    private static async Task<string> BusyAsync(TestSeed seed)
    {
        var id = await seed.SubmitAsync();
        var worker = seed.Worker();
        await worker.RegisterAsync(load: 0.7);
        var grants = await worker.OpenAsync();
        // Only now: which of two runs a node is to open first is the registry's choice.
        await seed.SubmitAsync("other");
        await worker.CommitAsync(grants[0], 6);
        await worker.ReportAsync(grants[0], new RankFailed(0, null, TimeSpan.FromHours(12), "the process was ended by signal 9 (SIGKILL)"));
        await worker.ReportAsync(grants[0], new RunWarning("rank 0: a line that it printed"));
        await worker.FailAsync(grants[1], "a cause that is long enough to need more than one line on a phone, as causes often are");
        return id;
    }

    private static async Task LookAsync(OpenPage open, string name)
    {
        var found = (await open.Page.RunAxe()).Violations.Where(v => v.Impact is "serious" or "critical")
            .Select(v => $"{v.Id}: {v.Help}: {string.Join("; ", v.Nodes.Take(3).Select(n => n.Html))}");
        Assert.Empty(found);
        Assert.Equal(0, await open.OverflowAsync());
        var small = await open.Page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('button, select, summary, nav a, input[type=search]')].filter(e => e.offsetParent !== null"
            + " && e.getBoundingClientRect().height < 32).map(e => e.outerHTML)");
        Assert.Empty(small);
        await open.KeepAsync(name);
    }
}
