using System.Diagnostics;

namespace Cairn.Bench.Registry;

/// <summary>Batches a second that are granted, reported (began, one session, ended) and acknowledged.</summary>
internal static class BatchSpeed
{
    public static async Task RunAsync(string scratch, JournalKind kind, int rounds)
    {
        foreach (var (runs, batches) in new[] { (1, 10_000), (10, 1000) })
        {
            List<double> rates = [], processor = [];
            for (var round = -1; round < rounds; round++)
            {
                var (rate, milliseconds) = await OnceAsync(scratch, kind, runs, round < 0 ? batches / 5 : batches);
                if (round >= 0)
                {
                    rates.Add(rate);
                    processor.Add(milliseconds);
                }
            }

            Console.WriteLine($"{kind,-10}{runs,3} runs of {batches,6} batches, 8 nodes of 16 slots: {Medians.Of(rates)} batches/s, "
                + $"{Medians.Of(processor, "0.00")} ms of processor time a batch in this process");
        }
    }

    private static async Task<(double Rate, double Milliseconds)> OnceAsync(string scratch, JournalKind kind, int runs, int batches)
    {
        await using var journal = await BenchJournal.CreateAsync(scratch, kind);
        await using var cluster = new BenchCluster(scratch, journal.Settings);
        await cluster.StartSeedAsync();
        var done = await BenchRuns.StandInAsync(cluster, nodes: 8, slots: 16, batches, runs * batches);
        await BenchRuns.UntilKnownAsync(cluster, 8);
        var clock = Stopwatch.StartNew();
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < runs; i++)
            await BenchRuns.SubmitAsync(cluster, scratch, $"run-{i}");

        await done;
        var took = clock.Elapsed.TotalSeconds;
        return (runs * batches / took, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / (runs * batches));
    }
}
