using System.Globalization;
using Cairn.Cluster.Tests.Cluster.Network;
using Xunit.Abstractions;

namespace Cairn.Cluster.Tests.Cluster;

/// <summary>
/// The promise in a cluster: whatever befalls three seeds, their database, three workers, their children and the network between them,
/// at random, runs end with the bytes of an undisturbed one, and nothing that was reported is done again.
/// </summary>
[Collection(ClusterCollection.Name)]
[Trait("Category", "Slow")]
public sealed class ClusterFaultTests(CalmRun calm, ITestOutputHelper log) : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [SkippableFact]
    public Task Ten_faults_change_no_byte() => DisturbAsync(10);

    [SkippableFact]
    [Trait("Category", "Soak")]
    public Task Sixty_faults_change_no_byte() => DisturbAsync(60);

    private async Task DisturbAsync(int faults)
    {
        Skip.If(PostgresServer.Missing is not null, PostgresServer.Missing);
        var seed = Environment.TickCount;
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var network = await TestMachine.WhyNotAsync() is null ? new TestNetwork(seed) : null;
        await using var database = new PostgresServer(isDurable: true);
        await database.CreateAsync();
        await using var cluster = await TestCluster.StartAsync(_scratch, new ClusterPlan
        {
            Seeds = 3, Workers = 3, Network = network, Postgres = network is null ? database.Connection : database.LocalConnection,
        });
        var befalls = new ClusterFaults(cluster, database, network, random, log.WriteLine);
        var done = 0;
        // A fast machine is through with a run before it has had all its faults: the next one has the rest.
        for (var number = 1; done < faults; number++)
        {
            Assert.True(number <= faults, $"{number - 1} runs have had {done} faults");
            var name = string.Create(CultureInfo.InvariantCulture, $"disturbed-{number}");
            var run = await CalmRun.BeginAsync(cluster, _scratch, name);
            var before = done;
            for (; done < faults && !await cluster.HasEndedAsync(run, CalmRun.Patience); done++)
                await befalls.NextAsync();

            var events = await calm.EndAsync(cluster, _scratch, run, name);
            var epochs = events.Count(e => $"{e["kind"]}" is "batch started" or "batch restarted");
            log.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name}: equal bytes after {done - before} faults, {epochs} epochs, none of them below another"));
        }
    }
}
