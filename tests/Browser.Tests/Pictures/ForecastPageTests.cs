using Microsoft.Playwright;

namespace Cairn.Browser.Tests.Pictures;

/// <summary>The picture as a reader meets it, in a real browser.</summary>
[Trait("Category", "Slow")]
public sealed class ForecastPageTests(Chromium chromium) : IClassFixture<Chromium>
{
    [SkippableFact]
    public async Task The_slider_changes_the_map_and_says_which_moment_it_shows()
    {
        using var store = DrawnStore.Globe();
        await using var open = await chromium.OpenAsync(store.File);
        await open.SlideAsync(0);
        var before = await open.PixelsAsync("#map");
        Assert.Equal("valid 1990-01-16 20:00 UTC", await open.TextAsync("#validTime"));

        await open.SlideAsync(5);

        Assert.NotEqual(before, await open.PixelsAsync("#map"));
        Assert.Equal("lead time 30 h", await open.TextAsync("#leadTime"));
        Assert.Equal("valid 1990-01-18 02:00 UTC", await open.TextAsync("#validTime"));
        await open.KeepAsync("globe");
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task A_click_on_the_map_moves_the_point_and_the_plot_with_it()
    {
        using var store = DrawnStore.Globe();
        await using var open = await chromium.OpenAsync(store.File);
        var before = await open.PixelsAsync("#spaghetti");

        await open.Page.ClickAsync("#map", new() { Position = new() { X = 300, Y = 120 } });

        Assert.NotEqual(before, await open.PixelsAsync("#spaghetti"));
        Assert.Matches("grid point [0-9]+°N [0-9]+°W", await open.TextAsync("#pointPlace"));
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task A_mesh_is_drawn_triangle_by_triangle_and_a_click_or_a_key_chooses_one()
    {
        using var store = DrawnStore.Mesh();
        await using var open = await chromium.OpenAsync(store.File);
        var before = await open.PixelsAsync("#map");
        await open.SlideAsync(2);
        Assert.NotEqual(before, await open.PixelsAsync("#map"));

        // Near the south-western corner, in whose cell are triangles 0 (south-eastern half) and 1.
        var box = (await open.Page.Locator("#map").BoundingBoxAsync())!;
        await open.Page.ClickAsync("#map", new() { Position = new() { X = 72 + 30, Y = box.Height - 22 - 6 } });
        Assert.StartsWith("triangle 0 ", await open.TextAsync("#pointPlace"), StringComparison.Ordinal);
        await open.Page.FocusAsync("#map");
        await open.Page.Keyboard.PressAsync("ArrowRight");
        Assert.DoesNotContain("triangle 0 ", await open.TextAsync("#pointPlace"), StringComparison.Ordinal);
        await open.Page.Keyboard.PressAsync("ArrowUp");

        Assert.Contains("96 triangles", await open.TextAsync("#facts"), StringComparison.Ordinal);
        Assert.Equal(0, await open.OverflowAsync());
        await open.KeepAsync("mesh");
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task Mean_spread_and_members_are_different_maps()
    {
        using var store = DrawnStore.Globe();
        await using var open = await chromium.OpenAsync(store.File);
        await open.SlideAsync(4);
        var seen = new HashSet<string> { await open.PixelsAsync("#map") };
        foreach (var view in new[] { "spread", "member" })
        {
            await open.Page.ClickAsync($".segments label:has([value={view}])");
            Assert.True(seen.Add(await open.PixelsAsync("#map")), $"{view} shows what another view shows");
            Assert.Contains(view, await open.TextAsync("#mapTitle"), StringComparison.Ordinal);
        }

        await open.Page.ClickAsync("#nextMember");
        Assert.True(seen.Add(await open.PixelsAsync("#map")), "member 1 shows what member 0 shows");
        Assert.Contains("member 1", await open.TextAsync("#mapTitle"), StringComparison.Ordinal);
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task Keys_change_the_lead_time_and_move_the_point()
    {
        using var store = DrawnStore.Globe();
        await using var open = await chromium.OpenAsync(store.File);
        await open.SlideAsync(0);
        await open.Page.Keyboard.PressAsync("ArrowRight");
        await open.Page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal("lead time 12 h", await open.TextAsync("#leadTime"));

        await open.Page.FocusAsync("#map");
        var place = await open.TextAsync("#pointPlace");
        await open.Page.Keyboard.PressAsync("ArrowRight");
        Assert.NotEqual(place, await open.TextAsync("#pointPlace"));
        Assert.Equal("lead time 12 h", await open.TextAsync("#leadTime"));
    }

    [SkippableTheory]
    [InlineData(1280, false)]
    [InlineData(400, true)]
    public async Task Scores_are_charts_over_lead_time_with_the_numbers_at_the_one_that_is_chosen(int width, bool dark)
    {
        using var store = DrawnStore.Scored();
        await using var open = await chromium.OpenAsync(store.File + "#variable=u", width, dark);
        Assert.Equal("Against analyses.nc, weighted by area", await open.TextAsync("#scoresOf"));
        string[] titles =
        [
            "Error and spread, m s⁻¹", "Bias, m s⁻¹", "CRPS, m s⁻¹", "Anomaly correlation", "Spread over error",
            "Rank histogram at lead time 30 h, %",
        ];
        Assert.Equal(titles, await open.Page.Locator("#charts figcaption").AllTextContentsAsync());
        Assert.Contains("RMSE of the mean5 m s⁻¹", await open.TextAsync("#scoreValues"), StringComparison.Ordinal);
        Assert.Equal(0, await open.OverflowAsync());
        await open.KeepAsync($"scores-{width}");

        // A click near the left end of a chart chooses the first lead time; at the second there was no truth.
        await open.Page.ClickAsync("#charts canvas >> nth=1", new() { Position = new() { X = 56, Y = 60 } });
        Assert.Equal("lead time 0 h", await open.TextAsync("#leadTime"));
        Assert.Contains("RMSE of the mean1 m s⁻¹", await open.TextAsync("#scoreValues"), StringComparison.Ordinal);
        await open.Page.EvaluateAsync("() => document.activeElement?.blur()");
        await open.Page.Keyboard.PressAsync("ArrowRight");
        Assert.Contains("no truth at this lead time", await open.TextAsync("#scoreValues"), StringComparison.Ordinal);

        await open.Page.SelectOptionAsync("#variable", new SelectOptionValue { Label = "northward wind (v)" });
        await open.Page.WaitForFunctionAsync(
            "() => document.getElementById('scoresOf').textContent === 'None of this variable; there are those of u.'");
        Assert.False(await open.Page.Locator("#charts").IsVisibleAsync());
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task Playing_goes_through_the_lead_times_until_it_is_stopped()
    {
        using var store = DrawnStore.Globe();
        await using var open = await chromium.OpenAsync(store.File);
        await open.Page.ClickAsync("#play");
        await open.Page.WaitForFunctionAsync("() => document.getElementById('leadTime').textContent === 'lead time 18 h'");
        Assert.Equal("pause", await open.Page.GetAttributeAsync("#play", "aria-label"));
        await open.Page.ClickAsync("#play");
        Assert.Equal("play", await open.Page.GetAttributeAsync("#play", "aria-label"));
        Assert.Empty(open.Complaints);
    }

    [SkippableTheory]
    [InlineData(360, false)]
    [InlineData(390, true)]
    [InlineData(820, false)]
    public async Task Nothing_is_wider_than_the_screen_and_every_control_can_be_touched(int width, bool dark)
    {
        using var store = DrawnStore.Box();
        await using var open = await chromium.OpenAsync(store.File, width, dark);
        Assert.Equal(0, await open.OverflowAsync());
        var small = await open.Page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('button, select, summary, .segments label, #slider')].filter(e => e.offsetParent !== null"
            + " && (e.getBoundingClientRect().height < 40 || e.getBoundingClientRect().width < 40)).map(e => e.id || e.textContent)");
        Assert.Empty(small);
        await open.KeepAsync($"box-{width}");
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task Every_control_has_a_name()
    {
        using var store = DrawnStore.Globe();
        await using var open = await chromium.OpenAsync(store.File);
        var nameless = await open.Page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('button, select, input, canvas')].filter(e => !(e.getAttribute('aria-label')"
            + " || e.labels?.length || e.textContent.trim())).map(e => e.outerHTML)");
        Assert.Empty(nameless);
    }

    [SkippableFact]
    public async Task A_line_of_points_is_shown_over_lead_time()
    {
        using var store = DrawnStore.Line();
        await using var open = await chromium.OpenAsync(store.File);
        var before = await open.PixelsAsync("#map");
        await open.SlideAsync(20);
        Assert.NotEqual(before, await open.PixelsAsync("#map"));
        await open.KeepAsync("line");
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task A_single_point_has_a_plot_and_no_map()
    {
        using var store = DrawnStore.Point();
        await using var open = await chromium.OpenAsync(store.File, 360);
        Assert.False(await open.Page.IsVisibleAsync("#map"));
        Assert.True(await open.Page.IsVisibleAsync("#spaghetti"));
        Assert.Equal(0, await open.OverflowAsync());
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task A_run_of_one_member_offers_no_spread()
    {
        using var store = DrawnStore.Globe(members: 1);
        await using var open = await chromium.OpenAsync(store.File);
        Assert.False(await open.Page.IsVisibleAsync("#views"));
        Assert.Contains("member 0", await open.TextAsync("#mapTitle"), StringComparison.Ordinal);
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task An_unfinished_run_says_what_is_not_committed_and_over_how_many_members_a_mean_is()
    {
        using var store = DrawnStore.Globe(members: 4, committed: member => member < 2 ? 4 : 2);
        await using var open = await chromium.OpenAsync(store.File);
        Assert.Equal(
            "The run is not finished: all members are committed to lead time 6 h. From 12 h to 18 h only some members are (mean and "
            + "spread are of those). Lead times 24 h to 30 h are not committed yet.",
            await open.TextAsync("#pending"));
        Assert.Equal("lead time 6 h", await open.TextAsync("#leadTime"));
        await open.SlideAsync(3);
        Assert.Contains("2 of 4 members", await open.TextAsync("#mapTitle"), StringComparison.Ordinal);
        await open.KeepAsync("unfinished");

        await open.Page.SelectOptionAsync("#member", "3");
        Assert.Contains("not committed yet", await open.TextAsync("#validTime"), StringComparison.Ordinal);
        Assert.Empty(open.Complaints);
    }
}
