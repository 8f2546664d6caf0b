using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Cairn.Cluster.Tests.Cluster;

/// <summary>Three seeds over one database: whichever of them is killed, the others go on, and it comes back.</summary>
[Collection(ClusterCollection.Name)]
[Trait("Category", "Slow")]
public sealed class SeveralSeedsTests(CalmRun calm, ITestOutputHelper log) : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [SkippableFact]
    public async Task The_registry_moves_when_its_seed_is_killed_again_and_again_and_the_seeds_that_died_come_back()
    {
        Skip.If(PostgresServer.Missing is not null, PostgresServer.Missing);
        await using var database = new PostgresServer();
        await database.CreateAsync();
        await using var cluster = await TestCluster.StartAsync(
            _scratch, new ClusterPlan { Seeds = 3, Workers = 3, Postgres = database.Connection });
        var run = await CalmRun.BeginAsync(cluster, _scratch);

        await ClusterMembership.UntilAllAsync(cluster, m => m.SeedsUp == 3, CalmRun.Patience);
        await KillAsync(cluster, run, cluster.Seeds[0]);
        await cluster.StartSeedAsync(cluster.Seeds[0]);
        await ClusterMembership.UntilAllAsync(cluster, m => m.SeedsUp == 3, CalmRun.Patience);
        await KillAsync(cluster, run, cluster.Seeds[1]);
        await cluster.StartSeedAsync(cluster.Seeds[1]);
        await ClusterMembership.UntilAllAsync(cluster, m => m is { SeedsUp: 3, WorkersUp: 3 }, CalmRun.Patience);

        await calm.EndAsync(cluster, _scratch, run);
    }

    /// <summary>Kills the oldest seed, which has the registry, and sees it answer elsewhere.</summary>
    private async Task KillAsync(TestCluster cluster, string run, TestSeed oldest)
    {
        oldest.Process.Kill();
        var killed = Stopwatch.StartNew();
        await oldest.Process.ExitAsync();
        await cluster.UntilAsync(run, _ => true, CalmRun.Patience);
        log.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"seed {oldest.Number} killed, the registry answered {killed.Elapsed.TotalSeconds:0.0} s later"));
    }
}
