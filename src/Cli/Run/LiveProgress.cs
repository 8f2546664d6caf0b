using System.Globalization;
using Cairn.Engine.Rollouts;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Cairn.Cli.Run;

/// <summary>A live table of a run on a terminal, one line per batch.</summary>
internal static class LiveProgress
{
    private const int BarWidth = 24;

    /// <summary>Shows progress until <paramref name="run"/> has ended.</summary>
    public static async Task ShowAsync(IAnsiConsole console, RunProgress progress, Task run)
    {
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!run.IsCompleted && progress.View().Batches.Count == 0)
        {
            // The table is drawn once its rows are known: a live display that grows leaves its first lines behind.
            await Task.WhenAny(run, beat.WaitForNextTickAsync().AsTask());
        }

        await console.Live(Render(progress.View())).AutoClear(false).StartAsync(async live =>
        {
            while (!run.IsCompleted)
            {
                await Task.WhenAny(run, beat.WaitForNextTickAsync().AsTask());
                live.UpdateTarget(Render(progress.View()));
                live.Refresh();
            }
        });
    }

    /// <summary>The table at one moment. Lists at most twelve batches, active ones first.</summary>
    public static IRenderable Render(ProgressView view)
    {
        const int most = 12;
        var table = new Table().Border(TableBorder.Simple).AddColumns("members", "lead time", "", "last session", "state");
        var shown = view.Batches.OrderBy(b => b.State == "stepping" ? 0 : 1).Take(most).OrderBy(b => b.Batch.First);
        foreach (var batch in shown)
        {
            var share = (batch.Boundary + 1.0) / (view.LastBoundary + 1);
            table.AddRow(
                new Text(batch.Batch.Numbers),
                new Text(batch.Boundary < 0 ? "" : LeadTimeText.Of(batch.LeadTime)),
                new Text(Bar(share), new Style(batch.State == "failed" ? Color.Red : Color.Green)),
                new Text(batch.Session is { } session ? LeadTimeText.Of(session) : ""),
                new Text(batch.State));
        }

        if (view.Batches.Count > most)
            table.Caption($"and {view.Batches.Count - most} more batches");

        return new Rows(table, new Text(Line(view.Figures)));
    }

    /// <summary>The figures of the whole run on one line.</summary>
    public static string Line(ProgressFigures run)
    {
        var left = run.Left is { } time ? Clock(time) + " left" : "estimating time left";
        return string.Create(CultureInfo.InvariantCulture, $"{run.Done,4:P0}   {run.StepsPerSecond:0.#} steps/s   {left}");
    }

    /// <summary>A duration for people: <c>1:02:03</c> or <c>2:03</c>.</summary>
    public static string Clock(TimeSpan time) =>
        time.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:D2}:{time.Seconds:D2}")
            : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:D2}");

    private static string Bar(double share)
    {
        var full = (int)Math.Clamp(share * BarWidth, 0, BarWidth);
        return new string('━', full) + new string('─', BarWidth - full);
    }
}
