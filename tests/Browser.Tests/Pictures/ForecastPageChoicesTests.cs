using Microsoft.Playwright;

namespace Cairn.Browser.Tests.Pictures;

/// <summary>What a reader can make of a map: other projections, lines and arrows, colours, probabilities, a link and an image.</summary>
[Trait("Category", "Slow")]
public sealed class ForecastPageChoicesTests(Chromium chromium) : IClassFixture<Chromium>
{
    [SkippableTheory]
    [InlineData("north", "grid point (80|90)°N .*")]
    [InlineData("south", "grid point (80|90)°S .*")]
    public async Task A_polar_map_has_its_pole_in_the_middle(string map, string place)
    {
        using var store = DrawnStore.Globe();
        await using var open = await OpenAsync(store);
        var flat = await open.PixelsAsync("#map");
        await open.Page.SelectOptionAsync("#projection", map);
        Assert.NotEqual(flat, await open.PixelsAsync("#map"));
        await ClickInTheMiddleAsync(open);
        Assert.Matches(place, await open.TextAsync("#pointPlace"));
        await open.KeepAsync(map);
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task The_globe_is_seen_from_above_the_point_and_turns_with_the_pointer_that_holds_it()
    {
        using var store = DrawnStore.Globe();
        await using var open = await OpenAsync(store);
        var place = await open.TextAsync("#pointPlace");
        await open.Page.SelectOptionAsync("#projection", "globe");
        await ClickInTheMiddleAsync(open);
        Assert.Equal(place, await open.TextAsync("#pointPlace"));

        var before = await open.PixelsAsync("#map");
        var box = (await open.Page.Locator("#map").BoundingBoxAsync())!;
        await open.Page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2));
        await open.Page.Mouse.DownAsync();
        await open.Page.Mouse.MoveAsync(box.X + (box.Width / 2) + 90, box.Y + (box.Height / 2), new MouseMoveOptions { Steps = 3 });
        await open.Page.Mouse.UpAsync();
        await open.Page.WaitForFunctionAsync("before => document.getElementById('map').toDataURL() !== before", before);
        Assert.Equal(place, await open.TextAsync("#pointPlace"));
        await open.KeepAsync("turned");
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task It_is_dark_where_its_reader_says_so()
    {
        using var store = DrawnStore.Globe();
        await using var open = await OpenAsync(store);
        var (map, plot) = (await open.PixelsAsync("#map"), await open.PixelsAsync("#spaghetti"));
        await open.Page.SelectOptionAsync("#theme", "dark");

        Assert.Equal("rgb(18, 23, 28)", await open.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor"));
        Assert.NotEqual(plot, await open.PixelsAsync("#spaghetti"));
        await open.Page.SelectOptionAsync("#theme", "system");
        Assert.Equal((map, plot), (await open.PixelsAsync("#map"), await open.PixelsAsync("#spaghetti")));
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task Isolines_and_arrows_lie_over_the_colours_and_are_told()
    {
        using var store = DrawnStore.Globe();
        await using var open = await OpenAsync(store);
        var seen = new HashSet<string> { await open.PixelsAsync("#map") };
        await open.Page.SelectOptionAsync("#isolines", new SelectOptionValue { Label = "temperature at 2 m (t2m)" });
        Assert.True(seen.Add(await open.PixelsAsync("#map")), "isolines change nothing");
        Assert.Equal("Isolines: temperature at 2 m (t2m), every 2 K.", await open.TextAsync("#layers"));
        await open.Page.CheckAsync("#wind");
        await open.Page.WaitForFunctionAsync("() => document.getElementById('layers').textContent.includes('Arrows: u, v; the longest')");
        Assert.True(seen.Add(await open.PixelsAsync("#map")), "arrows change nothing");
        await open.KeepAsync("layers");

        await open.Page.ClickAsync("#reset");
        await open.Page.WaitForFunctionAsync("() => document.getElementById('layers').textContent === ''");
        Assert.Contains(await open.PixelsAsync("#map"), seen);
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task Another_initial_time_shows_its_own_fields_and_a_link_leads_back_to_it()
    {
        using var store = DrawnStore.TwoTimes();
        await using var open = await OpenAsync(store);
        await open.SlideAsync(2);
        Assert.Equal("valid 1990-01-17 08:00 UTC", await open.TextAsync("#validTime"));
        var first = await open.PixelsAsync("#map");

        await open.Page.ClickAsync("#nextTime");
        await open.Page.WaitForFunctionAsync("() => document.getElementById('validTime').textContent === 'valid 1990-01-18 08:00 UTC'");
        Assert.NotEqual(first, await open.PixelsAsync("#map"));
        Assert.Contains("from 1990-01-17 20:00 UTC", await open.TextAsync("#summary"), StringComparison.Ordinal);
        Assert.Contains("committed to lead time 12 h", await open.TextAsync("#pending"), StringComparison.Ordinal);
        await open.KeepAsync("second-time");
        var link = await open.Page.GetAttributeAsync("#link", "href");

        await open.Page.SelectOptionAsync("#initial", new SelectOptionValue { Label = "1990-01-16 20:00 UTC" });
        await open.Page.WaitForFunctionAsync("before => document.getElementById('map').toDataURL() === before", first);
        Assert.True(await open.Page.IsHiddenAsync("#pending"));
        Assert.Empty(open.Complaints);

        await using var again = await chromium.OpenAsync(store.File + link);
        Assert.Equal("valid 1990-01-18 08:00 UTC", await again.TextAsync("#validTime"));
        Assert.Empty(again.Complaints);
    }

    [SkippableFact]
    public async Task A_probability_counts_the_members_beyond_the_value_that_is_given()
    {
        using var store = DrawnStore.Globe();
        await using var open = await OpenAsync(store);
        await open.Page.ClickAsync(".segments label:has([value=share])");
        // All values are below 13 K.
        await open.Page.FillAsync("#threshold", "100");
        await open.Page.Keyboard.PressAsync("Tab");
        Assert.EndsWith("share of 5 members above 100 K", await open.TextAsync("#mapTitle"), StringComparison.Ordinal);
        Assert.Contains("members above 1000 of 5", await open.TextAsync("#values"), StringComparison.Ordinal);
        var none = await open.PixelsAsync("#map");
        await open.Page.SelectOptionAsync("#side", "below");
        Assert.Contains("members below 1005 of 5", await open.TextAsync("#values"), StringComparison.Ordinal);
        Assert.NotEqual(none, await open.PixelsAsync("#map"));
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task Colours_reach_from_where_to_where_the_reader_says()
    {
        using var store = DrawnStore.Globe();
        await using var open = await OpenAsync(store);
        await open.Page.FillAsync("#low", "0");
        await open.Page.Keyboard.PressAsync("Tab");
        await open.Page.FillAsync("#high", "8");
        await open.Page.Keyboard.PressAsync("Tab");
        var bar = await open.Page.GetAttributeAsync("#bar", "aria-label");
        Assert.StartsWith("colour bar, labelled from 0 to 8 K", bar, StringComparison.Ordinal);
        var before = await open.PixelsAsync("#map");
        await open.Page.SelectOptionAsync("#palette", "viridis");
        Assert.NotEqual(before, await open.PixelsAsync("#map"));
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task A_link_keeps_the_view()
    {
        using var store = DrawnStore.Globe();
        await using var open = await OpenAsync(store);
        await open.SlideAsync(3);
        await open.Page.ClickAsync("#nextMember");
        await open.Page.SelectOptionAsync("#projection", "north");
        await open.Page.CheckAsync("#fan");
        await open.Page.FillAsync("#low", "-5");
        await open.Page.Keyboard.PressAsync("Tab");
        var link = await open.Page.GetAttributeAsync("#link", "href");

        await using var again = await chromium.OpenAsync(store.File + link);
        Assert.Equal("lead time 18 h", await again.TextAsync("#leadTime"));
        foreach (var canvas in new[] { "#map", "#bar", "#spaghetti" })
            Assert.Equal(await open.PixelsAsync(canvas), await again.PixelsAsync(canvas));

        Assert.Empty(again.Complaints);
    }

    [SkippableFact]
    public async Task What_a_link_asks_for_and_the_page_has_not_is_left_as_it_was()
    {
        using var store = DrawnStore.Globe();
        await using var open = await chromium.OpenAsync(store.File);
        await using var again = await chromium.OpenAsync(
            store.File + "#variable=w&show=all&lead=x&member=99&at=-1,7000&map=moon&centre=a&isolines=w&low=a&palette=jet&side=up");
        Assert.Equal(await open.PixelsAsync("#map"), await again.PixelsAsync("#map"));
        Assert.Equal(await open.PixelsAsync("#spaghetti"), await again.PixelsAsync("#spaghetti"));
        Assert.Empty(again.Complaints);
    }

    [SkippableFact]
    public async Task The_map_is_saved_as_an_image()
    {
        using var store = DrawnStore.Globe();
        await using var open = await OpenAsync(store);
        var saved = await open.Page.RunAndWaitForDownloadAsync(() => open.Page.ClickAsync("#save"));
        Assert.EndsWith("-t2m-30h.png", saved.SuggestedFilename, StringComparison.Ordinal);
        var bytes = await File.ReadAllBytesAsync((await saved.PathAsync())!);
        Assert.Equal([0x89, .. "PNG"u8], bytes[..4]);
        Assert.True(bytes.Length > 10_000, $"{bytes.Length} bytes");
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task A_pointer_over_map_and_plot_reads_values()
    {
        using var store = DrawnStore.Globe();
        await using var open = await OpenAsync(store);
        await open.Page.HoverAsync("#map", new() { Position = new() { X = 300, Y = 120 } });
        Assert.Matches("^[0-9]+°N [0-9]+°W: .*K$", await open.TextAsync("#hover"));
        await open.Page.HoverAsync("#spaghetti", new() { Position = new() { X = 60, Y = 60 } });
        Assert.Matches("^0 h, 1990-01-16 20:00 UTC: .* to .* K$", await open.TextAsync("#hover"));
        await open.Page.Mouse.MoveAsync(2, 2);
        Assert.False(await open.Page.IsVisibleAsync("#hover"));
        Assert.Empty(open.Complaints);
    }

    [SkippableFact]
    public async Task A_mesh_shows_its_relief_unless_it_is_switched_off()
    {
        using var store = DrawnStore.Mesh();
        await using var open = await OpenAsync(store);
        var shaded = await open.PixelsAsync("#map");
        await open.Page.UncheckAsync("#relief");
        Assert.NotEqual(shaded, await open.PixelsAsync("#map"));
        Assert.False(await open.Page.IsVisibleAsync("#projection"));
        Assert.False(await open.Page.IsVisibleAsync("#isolines"));
        Assert.Empty(open.Complaints);
    }

    [SkippableTheory]
    [InlineData(360)]
    [InlineData(820)]
    public async Task All_choices_fit_the_screen(int width)
    {
        using var store = DrawnStore.Globe();
        await using var open = await OpenAsync(store, width);
        await open.Page.ClickAsync(".segments label:has([value=share])");
        Assert.Equal(0, await open.OverflowAsync());
        await open.KeepAsync($"choices-{width}");
        Assert.Empty(open.Complaints);
    }

    private async Task<OpenPage> OpenAsync(DrawnStore store, int width = 1280)
    {
        var open = await chromium.OpenAsync(store.File, width);
        await open.Page.ClickAsync("#more > summary");
        return open;
    }

    private static async Task ClickInTheMiddleAsync(OpenPage open)
    {
        // The map is as wide as its frame, whose margins are not alike.
        var box = (await open.Page.Locator("#map").BoundingBoxAsync())!;
        var centre = await open.Page.EvaluateAsync<float[]>("() => mapPlace.centre");
        Assert.InRange(centre[0], 0, box.Width);
        await open.Page.ClickAsync("#map", new() { Position = new() { X = centre[0], Y = centre[1] } });
    }
}
