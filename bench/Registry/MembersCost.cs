using System.Diagnostics;
using System.Globalization;
using Cairn.Engine.Settings;

namespace Cairn.Bench.Registry;

/// <summary>
/// How long nodes take to join a cluster together, and what each costs from then on, with nothing to do: all in this process.
/// </summary>
internal static class MembersCost
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15), Watched = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(string scratch, int nodes, ClusterDetection detection)
    {
        // Each node that starts here waits for its own join on a thread of the pool that all of them share.
        ThreadPool.SetMinThreads(4 * nodes, 4 * nodes);
        await using var journal = await BenchJournal.CreateAsync(scratch, JournalKind.Sqlite);
        await using var cluster = new BenchCluster(scratch, journal.Settings, detection);
        await cluster.StartSeedAsync();
        var clock = Stopwatch.StartNew();
        // A few at a time: all at once they would starve each other of the processors, which nodes of many machines don't.
        foreach (var few in Enumerable.Range(0, nodes).Chunk(4))
        {
            await Task.WhenAll(few.Select(_ => Task.Run(() => BenchRuns.StandInAsync(cluster, 1, 1, 1, 1))));
        }

        var started = clock.Elapsed.TotalSeconds;
        await BenchRuns.UntilKnownAsync(cluster, nodes);
        var joined = clock.Elapsed.TotalSeconds;
        await Task.Delay(Settling);
        var (processor, bytes) = (Environment.CpuUsage.TotalTime, LoopbackBytes());
        clock.Restart();
        await Task.Delay(Watched);
        var took = clock.Elapsed.TotalSeconds;
        var share = (Environment.CpuUsage.TotalTime - processor).TotalSeconds / took;
        var sent = (LoopbackBytes() - bytes) / took;
        Console.WriteLine($"{nodes,4} nodes and a seed, {detection}: {started:0.0} s until all have started, "
            + $"{joined:0.0} s until the registry knows all; then "
            + $"{100 * share / (nodes + 1):0.00} % of a core and {sent / (nodes + 1) / 1024:0.0} KiB/s sent for each "
            + $"of them ({Process.GetCurrentProcess().WorkingSet64 >> 20} MiB together)");
    }

    /// <summary>All that went over loopback, headers and TLS included.</summary>
    private static long LoopbackBytes() => long.Parse(
        File.ReadLines("/proc/net/dev").First(l => l.TrimStart().StartsWith("lo:", StringComparison.Ordinal)).Split(':')[1]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
}
