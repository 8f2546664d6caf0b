using Cairn.Cluster.Tests.Cluster.Network;
using Xunit.Abstractions;

namespace Cairn.Cluster.Tests.Cluster;

/// <summary>
/// Networks that fail between nodes that live: three seeds and three workers, each in a network namespace of its own. All write to the same
/// disk and the same database throughout, as bad as it gets: nothing but the cluster keeps two sides from doing the same.
/// </summary>
[Collection(ClusterCollection.Name)]
[Trait("Category", "Slow")]
public sealed class PartitionTests(CalmRun calm, ITestOutputHelper log) : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [SkippableFact]
    public Task Workers_that_no_seed_reaches_are_granted_to_others_and_come_back() => DisturbAsync(async (cluster, network) =>
    {
        network.Cut([.. cluster.Machines.Values.Take(2)], Seeds(cluster));
        await ClusterMembership.UntilAsync(cluster, m => m.Members.Count == 4, CalmRun.Patience);
    });

    [SkippableFact]
    public Task The_seed_that_has_the_registry_is_cut_off_and_leaves_to_the_others() => DisturbAsync(async (cluster, network) =>
    {
        network.Cut([cluster.Seeds[0].Machine!], [.. Seeds(cluster).Skip(1), .. cluster.Machines.Values]);
        await ClusterMembership.UntilAsync(
            cluster, m => m is { SeedsUp: 2, WorkersUp: 3 } && m.Members.Count == 5, CalmRun.Patience);
    });

    [SkippableFact]
    [Trait("Category", "Soak")]
    public Task Seeds_that_reach_workers_and_not_one_another_agree_on_who_stays() => DisturbAsync(async (cluster, network) =>
    {
        network.Cut([cluster.Seeds[0].Machine!], [.. Seeds(cluster).Skip(1)]);
        await ClusterMembership.UntilAsync(cluster, m => m.Members.Count <= 5, CalmRun.Patience);
    });

    [SkippableFact]
    [Trait("Category", "Soak")]
    public Task A_worker_that_hears_and_is_not_heard_is_removed_and_comes_back() => DisturbAsync(async (cluster, network) =>
    {
        network.CutOneWay([cluster.Machines.Values.First()], Seeds(cluster));
        await ClusterMembership.UntilAsync(cluster, m => m.Members.Count == 5, CalmRun.Patience);
    });

    [SkippableFact]
    [Trait("Category", "Soak")]
    public Task A_seed_that_is_heard_and_does_not_hear_leaves_to_the_others() => DisturbAsync(async (cluster, network) =>
    {
        network.CutOneWay([.. Seeds(cluster).Skip(1), .. cluster.Machines.Values], [cluster.Seeds[0].Machine!]);
        await ClusterMembership.UntilAsync(
            cluster, m => m is { SeedsUp: 2, WorkersUp: 3 } && m.Members.Count == 5, CalmRun.Patience);
    });

    [SkippableFact]
    [Trait("Category", "Soak")]
    public Task Every_third_packet_lost_changes_no_byte() => DisturbAsync((_, network) => ForAWhileAsync(() => network.Lose(0.3)));

    [SkippableFact]
    [Trait("Category", "Soak")]
    public Task Packets_that_come_late_change_no_byte() =>
        DisturbAsync((_, network) => ForAWhileAsync(() => network.Delay(TimeSpan.FromMilliseconds(200))));

    private static List<TestMachine> Seeds(TestCluster cluster) => [.. cluster.Seeds.Select(s => s.Machine!)];

    private static async Task ForAWhileAsync(Action weather)
    {
        weather();
        using var asleep = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await asleep.Token.AsTask();
    }

    private async Task DisturbAsync(Func<TestCluster, TestNetwork, Task> disturb)
    {
        Skip.If(PostgresServer.Missing is not null, PostgresServer.Missing);
        var whyNot = await TestMachine.WhyNotAsync();
        Skip.If(whyNot is not null, whyNot);
        var seed = Environment.TickCount;
        log.WriteLine($"seed {seed}");
        using var network = new TestNetwork(seed);
        await using var database = new PostgresServer();
        await database.CreateAsync();
        await using var cluster = await TestCluster.StartAsync(
            _scratch, new ClusterPlan { Seeds = 3, Workers = 3, Postgres = database.LocalConnection, Network = network });
        var run = await CalmRun.BeginAsync(cluster, _scratch);
        await ClusterMembership.UntilAllAsync(cluster, m => m is { SeedsUp: 3, WorkersUp: 3 }, CalmRun.Patience);

        await disturb(cluster, network);
        network.Heal();

        await ClusterMembership.UntilAsync(
            cluster, m => m is { SeedsUp: 3, WorkersUp: 3 } && m.Members.Count == 6, CalmRun.Patience);
        await calm.EndAsync(cluster, _scratch, run);
    }
}
