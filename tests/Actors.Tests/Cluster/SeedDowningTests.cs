using Akka.Cluster;

namespace Cairn.Actors.Tests.Cluster;

/// <summary>The rows of the design's table that are about membership, with real clusters of actor systems in one process.</summary>
[Collection(RunAlone.Name)]
public sealed class SeedDowningTests : IAsyncDisposable
{
    private readonly TestCluster _cluster = new();

    [Fact]
    public async Task A_killed_worker_is_removed_and_the_others_stay()
    {
        var seed = _cluster.Seed();
        var first = TestCluster.AddressOf(seed);
        var (killed, other) = (_cluster.Worker(first), _cluster.Worker(first));
        await TestCluster.Sees(seed, seed, killed, other);

        await TestCluster.Kill(killed);

        await TestCluster.Sees(seed, seed, other);
        await TestCluster.Sees(other, seed, other);
    }

    [Fact]
    public async Task A_seed_outlives_all_its_workers_and_takes_new_ones()
    {
        var seed = _cluster.Seed();
        var workers = new[] { _cluster.Worker(TestCluster.AddressOf(seed)), _cluster.Worker(TestCluster.AddressOf(seed)) };
        await TestCluster.Sees(seed, [seed, .. workers]);

        await Task.WhenAll(workers.Select(TestCluster.Kill));

        await TestCluster.Sees(seed, seed);
        var next = _cluster.Worker(TestCluster.AddressOf(seed));
        await TestCluster.Sees(seed, seed, next);
    }

    [Fact]
    public async Task Workers_outlive_their_only_seed_and_it_joins_them_when_it_returns()
    {
        var seed = _cluster.Seed();
        var address = TestCluster.AddressOf(seed);
        var workers = new[] { _cluster.Worker(address), _cluster.Worker(address) };
        await TestCluster.Sees(seed, [seed, .. workers]);

        Array.ForEach(workers, worker => TestCluster.Watch(worker, address));
        await TestCluster.Kill(seed);
        var returned = _cluster.Start("seed", address.Port!.Value, [address, .. workers.Select(TestCluster.AddressOf)]);
        TestCluster.Watch(returned, address);

        await TestCluster.Sees(returned, [returned, .. workers]);
        Assert.All(workers, w => Assert.False(w.WhenTerminated.IsCompleted));
    }

    [Fact]
    public async Task Of_a_cluster_in_two_pieces_the_side_with_most_seeds_goes_on_and_the_other_seeds_leave()
    {
        var (alone, two, three) = await ThreeSeeds();
        var (with, without) = (_cluster.Worker(TestCluster.AddressOf(two)), _cluster.Worker(TestCluster.AddressOf(two)));
        await TestCluster.Sees(alone, alone, two, three, with, without);

        await TestCluster.Cut([alone, without], [two, three, with]);

        await TestCluster.Sees(two, two, three, with);
        await alone.WhenTerminated.WaitAsync(TestCluster.Patience);
        Assert.False(without.WhenTerminated.IsCompleted);
        Assert.Contains(TestCluster.Seen(without).Members, m => m.Status == MemberStatus.Up && m.Address == TestCluster.AddressOf(two));
    }

    [Fact]
    public async Task Workers_that_see_no_seed_stay_and_are_members_again_when_the_cut_is_short()
    {
        var (one, two, three) = await ThreeSeeds();
        var worker = _cluster.Worker(TestCluster.AddressOf(one));
        await TestCluster.Sees(worker, one, two, three, worker);

        await TestCluster.Cut([worker], [one]);
        await TestCluster.Cut([worker], [one], isCut: false);

        await TestCluster.Sees(worker, one, two, three, worker);
    }

    [Fact]
    public async Task What_a_worker_that_reaches_no_seed_tells_by_way_of_another_makes_no_seed_leave()
    {
        var (one, two, three) = await ThreeSeeds();
        var (lost, other) = (_cluster.Worker(TestCluster.AddressOf(one)), _cluster.Worker(TestCluster.AddressOf(one)));
        await TestCluster.Sees(one, one, two, three, lost, other);

        await TestCluster.Cut([lost], [one, two, three]);

        await TestCluster.Sees(one, one, two, three, other);
        Assert.All([one, two, three], seed => Assert.False(seed.WhenTerminated.IsCompleted));
    }

    [Fact]
    public async Task A_seed_that_moved_removes_the_worker_that_died_without_it_once_its_old_self_is_taken_out()
    {
        var seed = _cluster.Seed();
        var address = TestCluster.AddressOf(seed);
        var (dead, alive) = (_cluster.Worker(address), _cluster.Worker(address));
        await TestCluster.Sees(seed, seed, dead, alive);

        await TestCluster.Kill(seed);
        await TestCluster.Kill(dead);
        var moved = _cluster.Seed(TestCluster.AddressOf(alive));
        await TestCluster.Until(moved, s => s.Members.Count == 4);
        Akka.Cluster.Cluster.Get(moved).Down(address);

        await TestCluster.Sees(moved, moved, alive);
    }

    [Fact]
    public async Task Of_two_seeds_the_oldest_goes_on()
    {
        var oldest = _cluster.Seed();
        var younger = _cluster.Seed(TestCluster.AddressOf(oldest));
        await TestCluster.Sees(oldest, oldest, younger);
        await TestCluster.Sees(younger, oldest, younger);

        await TestCluster.Cut([oldest], [younger]);

        await TestCluster.Sees(oldest, oldest);
        await younger.WhenTerminated.WaitAsync(TestCluster.Patience);
    }

    [Fact]
    public async Task A_single_broken_link_between_two_seeds_ends_with_a_cluster_that_goes_on()
    {
        var (one, two, three) = await ThreeSeeds();
        var worker = _cluster.Worker(TestCluster.AddressOf(one));
        await TestCluster.Sees(worker, one, two, three, worker);

        await TestCluster.Cut([one], [two]);

        // The older one decides first where both notice at once; where they don't, either is removed, or each by the other.
        await TestCluster.Until(worker, state => state.Unreachable.Count == 0 && state.Members.All(m => m.Status == MemberStatus.Up)
            && Has(state, three) && Has(state, worker) && !(Has(state, one) && Has(state, two)));
        var left = TestCluster.Seen(worker);
        foreach (var removed in new[] { one, two }.Where(seed => !Has(left, seed)))
        {
            // It grants nothing any more.
            await removed.WhenTerminated.WaitAsync(TestCluster.Patience);
        }
    }

    private static bool Has(ClusterEvent.CurrentClusterState state, ActorSystem node) =>
        state.Members.Any(m => m.UniqueAddress.Equals(Akka.Cluster.Cluster.Get(node).SelfUniqueAddress));

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private async Task<(ActorSystem One, ActorSystem Two, ActorSystem Three)> ThreeSeeds()
    {
        var one = _cluster.Seed();
        var two = _cluster.Seed(TestCluster.AddressOf(one));
        await TestCluster.Sees(one, one, two);
        var three = _cluster.Seed(TestCluster.AddressOf(one));
        await TestCluster.Sees(one, one, two, three);
        return (one, two, three);
    }
}
