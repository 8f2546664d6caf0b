using System.Diagnostics;

namespace Cairn.Bench.Registry;

/// <summary>How long it takes to list a run of 10,000 batches over HTTP, and by the command line from a cold start.</summary>
internal static class ListingSpeed
{
    public static async Task RunAsync(string scratch, int rounds)
    {
        foreach (var (batches, ended) in new[] { (10_000, 10_000), (10_000, 5_000) })
        {
            await using var journal = await BenchJournal.CreateAsync(scratch, JournalKind.Sqlite);
            await using var cluster = new BenchCluster(scratch, journal.Settings);
            await cluster.StartSeedAsync();
            var id = await BenchRuns.SubmitAsync(cluster, scratch, "run");
            await cluster.StopSeedAsync();
            await Past.WriteAsync(journal.Settings, [id], batches, ended);
            await cluster.StartSeedAsync();
            // What is begun now never ends, and the rest waits for slots.
            _ = await BenchRuns.StandInAsync(cluster, nodes: 8, slots: 16, batches, int.MaxValue, holds: 0);
            await BenchRuns.UntilKnownAsync(cluster, 8);
            await TellAsync(cluster, id, $"{batches} batches, {ended} of them ended", rounds);
        }
    }

    private static async Task TellAsync(BenchCluster cluster, string id, string what, int rounds)
    {
        using var http = new HttpClient { BaseAddress = cluster.Seed.Address };
        List<double> whole = [], brief = [], cold = [];
        long bytes = 0;
        for (var round = -5; round < rounds; round++)
        {
            (var all, bytes) = await GetAsync(http, $"/api/runs/{id}");
            var (less, _) = await GetAsync(http, $"/api/runs/{id}?brief=true");
            if (round >= 0)
            {
                whole.Add(all);
                brief.Add(less);
                cold.Add(Status(cluster.Seed.Address, id));
            }
        }

        Console.WriteLine($"{what}: GET /api/runs/ID {Medians.Of(whole)} ms ({bytes >> 10} KiB), brief {Medians.Of(brief)} ms; "
            + $"cairn status from a cold start {Medians.Of(cold)} ms");
    }

    private static async Task<(double Milliseconds, long Bytes)> GetAsync(HttpClient http, string path)
    {
        var clock = Stopwatch.StartNew();
        var body = await http.GetByteArrayAsync(new Uri(path, UriKind.Relative));
        return (clock.Elapsed.TotalMilliseconds, body.LongLength);
    }

    private static double Status(Uri seed, string id)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "cairn.dll");
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [program, "status", id, "--seed", $"{seed}"]) { RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? clock.Elapsed.TotalMilliseconds : throw new InvalidOperationException(text);
    }
}
