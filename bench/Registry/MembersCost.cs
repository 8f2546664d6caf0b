using System.Diagnostics;
using System.Globalization;
using Cairn.Actors.Cluster;
using Cairn.Engine.Settings;

namespace Cairn.Bench.Registry;

/// <summary>
/// How long nodes take to join a cluster together, and what each costs from then on, with nothing to do: ten a process.
/// </summary>
internal static class MembersCost
{
    private const int NodesOfAProcess = 10;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15), Watched = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(string scratch, int nodes, ClusterDetection detection)
    {
        await using var journal = await BenchJournal.CreateAsync(scratch, JournalKind.Sqlite);
        await using var cluster = new BenchCluster(scratch, journal.Settings, detection);
        await cluster.StartSeedAsync();
        var clock = Stopwatch.StartNew();
        var processes = new List<Process>();
        try
        {
            for (var left = nodes; left > 0; left -= NodesOfAProcess)
                processes.Add(Start(scratch, cluster, Math.Min(left, NodesOfAProcess), detection));

            await BenchRuns.UntilKnownAsync(cluster, nodes);
            var joined = clock.Elapsed.TotalSeconds;
            await Task.Delay(Settling);
            var (processor, bytes) = (Processor(processes), LoopbackBytes());
            clock.Restart();
            await Task.Delay(Watched);
            var took = clock.Elapsed.TotalSeconds;
            var share = (Processor(processes) - processor).TotalSeconds / took;
            var sent = (LoopbackBytes() - bytes) / took;
            Console.WriteLine($"{nodes,4} nodes in {processes.Count} processes and a seed, {detection}: "
                + $"the registry knows all {joined:0.0} s after the first process was started; then "
                + $"{100 * share / (nodes + 1):0.00} % of a core and {sent / (nodes + 1) / 1024:0.0} KiB/s sent for each of them");
        }
        finally
        {
            // At once: that they leave one by one is not measured here.
            processes.ForEach(p => p.Kill());
            processes.ForEach(p => p.Dispose());
        }
    }

    /// <summary>What a process of <see cref="RunAsync"/> does, until it is killed.</summary>
    public static async Task JoinAsync(string scratch, int port, int nodes, ClusterDetection detection)
    {
        using var certificate = ClusterCertificate.FromPem(
            Environment.GetEnvironmentVariable(ClusterCertificate.Variable)!, ClusterCertificate.Variable);
        // Each node that starts here waits for its own join on a thread of the pool that all of them share.
        ThreadPool.SetMinThreads(2 * nodes, 2 * nodes);
        await using var cluster = BenchCluster.OfAnother(scratch, port, certificate, detection);
        await Task.WhenAll(Enumerable.Range(0, nodes).Select(_ => Task.Run(() => BenchRuns.StandInAsync(cluster, 1, 1, 1, 1))));
        await Task.Delay(Timeout.Infinite);
    }

    private static Process Start(string scratch, BenchCluster cluster, int nodes, ClusterDetection detection)
    {
        string[] join = [typeof(MembersCost).Assembly.Location, scratch, $"{cluster.Port}", "join", $"{nodes}", $"{detection}"];
        var start = new ProcessStartInfo(Environment.ProcessPath!, join);
        start.Environment[ClusterCertificate.Variable] = cluster.Certificate.ToPem();
        return Process.Start(start)!;
    }

    /// <summary>What all have taken so far, the seed's process included.</summary>
    private static TimeSpan Processor(List<Process> processes) => processes.Aggregate(Environment.CpuUsage.TotalTime, (sum, process) =>
    {
        process.Refresh();
        return sum + process.TotalProcessorTime;
    });

    /// <summary>All that went over loopback, headers and TLS included.</summary>
    private static long LoopbackBytes() => long.Parse(
        File.ReadLines("/proc/net/dev").First(l => l.TrimStart().StartsWith("lo:", StringComparison.Ordinal)).Split(':')[1]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
}
