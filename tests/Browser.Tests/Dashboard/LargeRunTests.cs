using System.Diagnostics;
using System.Globalization;
using Cairn.Actors.Runs;
using Cairn.Api.Tests;
using Cairn.Browser.Tests.Pictures;
using Xunit.Abstractions;

namespace Cairn.Browser.Tests.Dashboard;

/// <summary>A run of 1,000 batches on 50 nodes, as the page has it. How long things took is printed; what is asserted does not depend on
/// the machine.</summary>
[Trait("Category", "Slow")]
public sealed class LargeRunTests(Chromium chromium, ITestOutputHelper output) : IClassFixture<Chromium>
{
    private const int Batches = 1000, Nodes = 50;

    [SkippableFact]
    public async Task A_thousand_batches_and_fifty_nodes_take_few_elements_and_stay_live()
    {
        await using var seed = await TestSeed.StartAsync();
        using var answer = await seed.PostAsync(seed.Spec(more: $"ensemble.size = {Batches}\nensemble.batch-size = 1"));
        answer.EnsureSuccessStatusCode();
        var workers = Enumerable.Range(1, Nodes)
            .Select(i => seed.Worker(string.Create(CultureInfo.InvariantCulture, $"node-{i:d2}"))).ToList();
        await workers[0].RegisterAsync(slots: Batches / Nodes);
        await workers[0].LayOutAsync(Batches);
        foreach (var worker in workers.Skip(1))
            await worker.RegisterAsync(slots: Batches / Nodes);

        var grants = new List<(TestWorker Worker, Grant Grant)>();
        foreach (var worker in workers)
        {
            for (var i = 0; i < Batches / Nodes; i++)
                grants.Add((worker, await worker.HearAsync<Grant>()));
        }

        var started = Stopwatch.GetTimestamp();
        await using var open = await chromium.OpenDashboardAsync(seed.Server.Address, "#/runs/trial-1");
        await open.Page.WaitForSelectorAsync("[role=grid] .row .how.granted");
        Print($"the grid was there after {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms");
        var paint = await open.Page.EvaluateAsync<double>(
            "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1");
        Print($"first paint after {paint:0} ms");
        Assert.Equal("1001", await open.Page.GetAttributeAsync("[role=grid]", "aria-rowcount"));
        Print($"elements: {await ElementsAsync(open)}");
        Assert.InRange(await ElementsAsync(open), 100, 1500);

        await MeasureAsync(open, grants);
        await open.Page.EvalOnSelectorAsync("[role=grid]", "grid => grid.scrollTop = grid.scrollHeight");
        await open.Page.WaitForSelectorAsync("#row-999");
        Assert.InRange(await ElementsAsync(open), 100, 2500);

        await open.Page.ClickAsync(".tabs >> text=Timeline");
        await open.Page.WaitForFunctionAsync($"() => document.querySelectorAll('.attempt').length >= {Batches}");
        Print($"elements of the timeline: {await ElementsAsync(open)}");
        await open.Page.ClickAsync("nav >> text=Nodes");
        await open.Page.WaitForFunctionAsync($"() => document.querySelectorAll('tbody tr').length >= {Nodes}");
        Print($"elements of the nodes: {await ElementsAsync(open)}");
        Assert.Empty(open.Complaints);
    }

    /// <summary>All batches commit while the page is open: how long its frames take meanwhile.</summary>
    private async Task MeasureAsync(OpenPage open, List<(TestWorker Worker, Grant Grant)> grants)
    {
        await open.Page.EvaluateAsync("""
            () => {
              window.frames_ = [];
              let last = performance.now();
              const step = now => { window.frames_.push(now - last); last = now; requestAnimationFrame(step); };
              requestAnimationFrame(step);
            }
            """);
        foreach (var (worker, grant) in grants)
            await worker.CommitAsync(grant, 6);

        await open.Page.WaitForFunctionAsync(
            "() => [...document.querySelectorAll('.row .what .hidden')].every(e => /committed to\\s+6 h/.test(e.textContent))");
        var frames = (await open.Page.EvaluateAsync<double[]>("() => window.frames_")).Order().ToArray();
        Print($"{frames.Length} frames while 1,000 sessions came:");
        var (half, most) = (frames[frames.Length / 2], frames[frames.Length * 95 / 100]);
        Print($"half within {half:0.0} ms, 95 % within {most:0.0} ms, the longest {frames[^1]:0} ms");
    }

    private static Task<int> ElementsAsync(OpenPage open) => open.Page.EvaluateAsync<int>("() => document.querySelectorAll('*').length");

    private void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
