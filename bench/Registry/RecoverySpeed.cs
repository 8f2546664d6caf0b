using System.Diagnostics;

namespace Cairn.Bench.Registry;

/// <summary>How long a new seed takes until it can tell of 100 runs of 1,000 batches each, half of them ended.</summary>
internal static class RecoverySpeed
{
    private const int Runs = 100, Batches = 1000;

    public static async Task RunAsync(string scratch, JournalKind kind, int rounds)
    {
        await using var journal = await BenchJournal.CreateAsync(scratch, kind);
        await using var cluster = new BenchCluster(scratch, journal.Settings);
        await cluster.StartSeedAsync();
        List<string> ids = [];
        for (var i = 0; i < Runs; i++)
            ids.Add(await BenchRuns.SubmitAsync(cluster, scratch, $"run-{i}"));

        await cluster.StopSeedAsync();
        await Past.WriteAsync(journal.Settings, ids, Batches, Batches / 2);
        List<double> seeds = [], all = [];
        for (var round = 0; round < rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            await cluster.StartSeedAsync();
            seeds.Add(clock.Elapsed.TotalSeconds);
            foreach (var id in ids)
            {
                var run = await BenchRuns.DescribeAsync(cluster, id);
                if (run.Run.Batches.Completed != Batches / 2)
                    throw new InvalidOperationException($"{id}: {run.Run.Batches}");
            }

            all.Add(clock.Elapsed.TotalSeconds);
            await cluster.StopSeedAsync();
        }

        Console.WriteLine($"{kind,-10}{Runs} runs of {Batches} batches: a new seed answers after {Medians.Of(seeds, "0.00")} s, and "
            + $"tells of all runs after {Medians.Of(all, "0.00")} s");
    }
}
