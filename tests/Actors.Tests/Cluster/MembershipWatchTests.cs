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
        TestCluster.Watch(worker, address);
        await TestCluster.Until(worker, s => s.Members.Count == 2 && s.Members.All(m => m.Status == status));

        await TestCluster.Kill(seed);
        TestCluster.Watch(Start(SeedDowning.SeedRole, address.Port!.Value, ""), address);

        await worker.WhenTerminated.WaitAsync(TestCluster.Patience);
        Assert.True(NodeLife.WasRemoved(worker));
    }

    /// <summary>Akka's remoting may keep a connection that nobody reads at its other end, for good.</summary>
    [Fact]
    public async Task A_worker_that_no_seed_answers_connects_anew_and_learns_that_it_was_removed()
    {
        await using var relay = new Relay();
        var seed = Start(SeedDowning.SeedRole, relay.Target,
            FormattableString.Invariant($"akka.remote.dot-netty.tcp.public-port = {relay.Port}"));
        var address = TestCluster.AddressOf(seed);
        TestCluster.Watch(seed, address);
        var worker = Start(MembershipSettings.WorkerRole, 0, "", address);
        TestCluster.Watch(worker, address);
        await TestCluster.Sees(seed, seed, worker);
        await TestCluster.Sees(worker, seed, worker);

        await relay.FreezeAsync();

        await worker.WhenTerminated.WaitAsync(TestCluster.Patience);
        Assert.True(NodeLife.WasRemoved(worker));
    }

    /// <summary>
    /// A seed that came back told two workers that they were no members, on connections that they did not read, for good.
    /// </summary>
    [Fact]
    public async Task A_seed_makes_the_connection_anew_to_one_that_does_not_hear_that_it_is_no_member()
    {
        var seed = Start(SeedDowning.SeedRole, 0, "");
        var address = TestCluster.AddressOf(seed);
        TestCluster.Watch(seed, address);
        await TestCluster.Sees(seed, seed);
        var stranger = Start(MembershipSettings.WorkerRole, 0, "");
        var inbox = Inbox.Create(seed);
        seed.EventStream.Subscribe(inbox.Receiver, typeof(Akka.Remote.DisassociatedEvent));
        var watch = stranger.ActorSelection($"{address}/user/{MembershipWatch.Name}");
        var ask = new AskMembership($"{TestCluster.AddressOf(stranger)}", 1);
        for (var i = 0; i < 3; i++)
            Assert.False((await watch.Ask<Membership>(ask, TestCluster.Patience)).IsMember);

        watch.Tell(ask);
        var lost = Assert.IsType<Akka.Remote.DisassociatedEvent>(await inbox.ReceiveAsync(TestCluster.Patience));
        Assert.Equal(TestCluster.AddressOf(stranger), lost.RemoteAddress);
    }

    /// <summary>Without the adapter that cuts connections: it does not tell of a peer that ends as soon as it is connected.</summary>
    private ActorSystem Start(string role, int port, string more, params IEnumerable<Address> seeds) =>
        _cluster.Start(role, port, $"akka.remote.dot-netty.tcp.applied-adapters = []\n{more}", seeds);
}
