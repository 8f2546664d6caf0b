namespace Cairn.Cluster.Tests.Cluster;

/// <summary>Nodes that are away for a while: stopped and woken, all workers gone at once, the only seed gone.</summary>
[Collection(ClusterCollection.Name)]
[Trait("Category", "Slow")]
public sealed class AbsenceTests(CalmRun calm) : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_worker_that_wakes_after_its_removal_ends_what_it_had_and_joins_as_another()
    {
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 2);
        var run = await CalmRun.BeginAsync(cluster, _scratch);
        var sleeper = cluster.Workers[0];

        sleeper.Freeze();
        await ClusterMembership.UntilAsync(cluster, m => m.Members.Count == 2, CalmRun.Patience);
        sleeper.Thaw();

        await sleeper.LinesAsync(count: 2, l => l.Contains(": 2 slots (", StringComparison.Ordinal), CalmRun.Patience);
        await ClusterMembership.UntilAsync(cluster, m => m.WorkersUp == 2, CalmRun.Patience);
        await calm.EndAsync(cluster, _scratch, run);
    }

    [Fact]
    [Trait("Category", "Soak")]
    public async Task All_workers_die_then_the_only_seed_and_the_run_goes_on_with_those_that_come()
    {
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 2);
        var run = await CalmRun.BeginAsync(cluster, _scratch);

        cluster.Workers.ToList().ForEach(cluster.Kill);
        await ClusterMembership.UntilAsync(cluster, m => m.Members.Count == 1, CalmRun.Patience);
        cluster.Seed.Kill();
        await cluster.StartSeedAsync();
        await cluster.StartWorkerAsync();

        await calm.EndAsync(cluster, _scratch, run);
    }

    [Fact]
    public async Task Workers_outlive_their_only_seed_and_tell_the_one_that_returns_what_they_did()
    {
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 2);
        var run = await CalmRun.BeginAsync(cluster, _scratch);

        cluster.Seed.Kill();
        await cluster.Seed.ExitAsync();
        await cluster.StartSeedAsync();

        var events = await calm.EndAsync(cluster, _scratch, run);
        Assert.DoesNotContain(events, e => $"{e["kind"]}" == "batch restarted");
    }

    [Fact]
    [Trait("Category", "Soak")]
    public async Task A_worker_dies_while_the_only_seed_is_away_and_the_seed_that_returns_takes_the_others()
    {
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 2);
        var run = await CalmRun.BeginAsync(cluster, _scratch);

        cluster.Seed.Kill();
        cluster.Kill(cluster.Workers[0]);
        await cluster.Seed.ExitAsync();
        await cluster.StartSeedAsync();

        await calm.EndAsync(cluster, _scratch, run);
    }

    [Fact]
    public async Task A_lone_seed_that_moved_is_the_seed_once_its_old_address_is_taken_out_by_hand()
    {
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 2);
        var run = await CalmRun.BeginAsync(cluster, _scratch);
        var seed = cluster.Seeds[0];

        var old = seed.Address;
        seed.Process.Kill();
        await seed.Process.ExitAsync();
        seed.Port = FreePort.Find();
        await cluster.BeginSeedAsync(seed);
        await ClusterMembership.UntilAsync(
            cluster, m => m.Members.Any(o =>
                $"{o["address"]}".EndsWith(old, StringComparison.Ordinal) && !o["is_reachable"]!.GetValue<bool>()), CalmRun.Patience);
        var (code, text) = await cluster.TellAsync("nodes", "remove", old);
        Assert.True(code == 0, text);
        Assert.Contains("is removed from the cluster", text, StringComparison.Ordinal);

        await seed.ReadyAsync();
        await calm.EndAsync(cluster, _scratch, run);
    }
}
