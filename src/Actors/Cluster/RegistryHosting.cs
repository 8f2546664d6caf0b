using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Cairn.Actors.Nodes;
using Cairn.Actors.Runs;

namespace Cairn.Actors.Cluster;

/// <summary>
/// Puts the registry of runs into a node's actor system, or a way to it: <see cref="RunRegistry"/> in the actor registry.
/// </summary>
public static class RegistryHosting
{
    /// <summary>The registry's name; the singleton's manager on each seed, and the proxies before it, are named by it.</summary>
    private const string Name = "runs";

    /// <summary>A seed: one of them has the registry, and all tell it what they see of the cluster.</summary>
    public static AkkaConfigurationBuilder WithRegistry(this AkkaConfigurationBuilder akka, RegistrySetup setup) => akka
        .WithSingleton<RunRegistry>(Name, RunRegistry.Props(setup), new ClusterSingletonOptions { Role = SeedDowning.SeedRole })
        .WithActors((system, actors) =>
        {
            var registry = actors.Get<RunRegistry>();
            var time = setup.Time;
            system.ActorOf(Props.Create(() => new NodeNotices(registry, time)), "notices");
            ReadAhead(system);
        });

    /// <summary>A seed that comes up beside an older one reads the registry's journal: it may have to take over.</summary>
    private static void ReadAhead(ActorSystem system)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        cluster.RegisterOnMemberUp(() =>
        {
            var oldest = cluster.State.Members.Where(m => m.HasRole(SeedDowning.SeedRole) && m.Status == MemberStatus.Up)
                .Order(Member.AgeOrdering).FirstOrDefault();
            if (oldest is not null && !oldest.UniqueAddress.Equals(cluster.SelfUniqueAddress))
            {
                system.ActorOf(Props.Create<StandbySeed>(), "standby");
            }
        });
    }

    /// <summary>A worker: a way to the registry.</summary>
    public static AkkaConfigurationBuilder WithRegistryProxy(this AkkaConfigurationBuilder akka) =>
        akka.WithSingletonProxy<RunRegistry>(Name, new ClusterSingletonOptions { Role = SeedDowning.SeedRole });

    /// <summary>A worker's node, once there is a way to the registry.</summary>
    /// <param name="akka">The system's builder.</param>
    /// <param name="certificate">What processes of ranks show.</param>
    /// <param name="options">What the node is.</param>
    /// <param name="say">Tells the node's user a line.</param>
    /// <param name="begun">Is given the node.</param>
    public static AkkaConfigurationBuilder WithWorker(
        this AkkaConfigurationBuilder akka, ClusterCertificate certificate, WorkerOptions options, Action<NodeLine> say,
            Action<WorkerNode> begun) =>
        akka.WithRegistryProxy().WithActors((system, actors) =>
        {
            var self = Akka.Cluster.Cluster.Get(system).SelfUniqueAddress;
            begun(new WorkerNode(system, actors.Get<RunRegistry>(), $"{self.Address}#{self.Uid}", certificate, options, say));
        });
}
