using Akka.Cluster;
using Cairn.Actors.Cluster;

namespace Cairn.Actors.Tests.Cluster;

/// <summary>A worker that nobody counts any more finds that out, whatever it was in the cluster that is gone.</summary>
[Collection(RunAlone.Name)]
public sealed class MembershipWatchTests : IAsyncDisposable
{
    private readonly TestCluster _cluster = new();

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Theory]
    [InlineData(2, MemberStatus.Up)]
    [InlineData(3, MemberStatus.Joining)]
    public async Task A_worker_ends_when_its_only_seed_begins_anew(int membersToBeUp, MemberStatus status)
    {
        var seed = Start(SeedDowning.SeedRole, 0, $"akka.cluster.min-nr-of-members = {membersToBeUp}");
        var address = TestCluster.AddressOf(seed);
        var worker = Start(MembershipSettings.WorkerRole, 0, "", address);
        Watch(worker, address);
        await TestCluster.Until(worker, s => s.Members.Count == 2 && s.Members.All(m => m.Status == status));

        await TestCluster.Kill(seed);
        Watch(Start(SeedDowning.SeedRole, address.Port!.Value, ""), address);

        await worker.WhenTerminated.WaitAsync(TestCluster.Patience);
        Assert.True(NodeLife.WasRemoved(worker));
    }

    /// <summary>Without the adapter that cuts connections: it does not tell of a peer that ends as soon as it is connected.</summary>
    private ActorSystem Start(string role, int port, string more, params IEnumerable<Address> seeds) =>
        _cluster.Start(role, port, $"akka.remote.dot-netty.tcp.applied-adapters = []\n{more}", seeds);

    private static void Watch(ActorSystem node, Address seed) =>
        node.ActorOf(Props.Create(() => new MembershipWatch(new[] { seed }, false)), MembershipWatch.Name);
}
