using System.Globalization;
using Cairn.Cluster.Tests.Cluster.Network;

namespace Cairn.Cluster.Tests.Cluster;

/// <summary>What can befall a cluster, drawn at random. Each is over, and what died is started again, before the next.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="database">Its journal's.</param>
/// <param name="network">Its network; null where there is none to be had, and nothing befalls it.</param>
/// <param name="random">Draws.</param>
/// <param name="say">Is told what happens.</param>
internal sealed class ClusterFaults(
    TestCluster cluster, PostgresServer database, TestNetwork? network, Random random, Action<string> say)
{
    /// <summary>Shorter than anybody waits for, and longer than it takes to be removed.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1.5), Long = TimeSpan.FromSeconds(9);

    private int _count;

    private TimeSpan Span => random.Next(2) == 0 ? Short : Long;

    /// <summary>Has one fault happen, after a moment.</summary>
    public async Task NextAsync()
    {
        await PassAsync(TimeSpan.FromMilliseconds(random.Next(0, 1500)));
        var (worker, seed) = (cluster.Workers[random.Next(cluster.Workers.Count)], cluster.Seeds[random.Next(cluster.Seeds.Count)]);
        (string What, Func<Task> Happens)[] all =
        [
            ($"worker {worker.Id} is killed", () => KillAsync([worker])),
            ("all workers are killed", () => KillAsync([.. cluster.Workers])),
            ($"children of worker {worker.Id} are killed", () => DoAsync(worker.KillChildren)),
            ($"worker {worker.Id} is stopped", () => FreezeAsync(worker)),
            ($"seed {seed.Number} is killed", () => KillAsync(seed)),
            ($"seed {seed.Number} is stopped", () => FreezeAsync(seed.Process)),
            ("the database is killed", KillDatabaseAsync),
            .. OfNetwork(worker, seed),
        ];
        var (what, happens) = all[random.Next(all.Length)];
        say(string.Create(CultureInfo.InvariantCulture, $"fault {++_count}: {what}"));
        await happens();
    }

    private IEnumerable<(string What, Func<Task> Happens)> OfNetwork(CairnProcess worker, TestSeed seed)
    {
        if (network is null)
            return [];

        List<TestMachine> seeds = [.. cluster.Seeds.Select(s => s.Machine!)];
        List<TestMachine> workers = [.. cluster.Workers.Select(w => cluster.Machines[w])];
        List<TestMachine> one = [seed.Machine!], others = [.. seeds.Where(s => s != seed.Machine)], mine = [cluster.Machines[worker]];
        var share = random.Next(5, 31) / 100.0;
        return
        [
            ($"worker {worker.Id} is cut off", () => WeatherAsync(n => n.Cut(mine, seeds))),
            ($"worker {worker.Id} is not heard", () => WeatherAsync(n => n.CutOneWay(mine, seeds))),
            ("no worker reaches a seed", () => WeatherAsync(n => n.Cut(workers, seeds))),
            ($"seed {seed.Number} is cut off", () => WeatherAsync(n => n.Cut(one, [.. others, .. workers]))),
            ($"seed {seed.Number} is cut off from seeds", () => WeatherAsync(n => n.Cut(one, others))),
            ($"seed {seed.Number} hears nobody", () => WeatherAsync(n => n.CutOneWay([.. others, .. workers], one))),
            ($"{share:P0} of all packets are lost", () => WeatherAsync(n => n.Lose(share))),
            ("all packets come late", () => WeatherAsync(n => n.Delay(TimeSpan.FromMilliseconds(200)))),
        ];
    }

    private async Task WeatherAsync(Action<TestNetwork> weather)
    {
        weather(network!);
        await PassAsync(Span);
        network!.Heal();
    }

    private async Task FreezeAsync(CairnProcess process)
    {
        process.Freeze();
        await PassAsync(Span);
        process.Thaw();
    }

    private async Task KillAsync(IReadOnlyList<CairnProcess> workers)
    {
        foreach (var worker in workers)
            cluster.Kill(worker);

        for (var i = 0; i < workers.Count; i++)
            await cluster.StartWorkerAsync();
    }

    private async Task KillAsync(TestSeed seed)
    {
        seed.Process.Kill();
        await seed.Process.ExitAsync();
        await PassAsync(random.Next(2) == 0 ? TimeSpan.Zero : Long);
        await cluster.StartSeedAsync(seed);
    }

    private async Task KillDatabaseAsync()
    {
        await database.KillAsync();
        await PassAsync(random.Next(2) == 0 ? TimeSpan.Zero : Short);
        await database.StartAsync();
    }

    private static Task DoAsync(Action happens)
    {
        happens();
        return Task.CompletedTask;
    }

    private static async Task PassAsync(TimeSpan time)
    {
        using var passed = new CancellationTokenSource(time);
        await passed.Token.AsTask();
    }
}
