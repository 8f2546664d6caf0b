using System.Diagnostics.Metrics;
using System.Globalization;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Hosting;
using Cairn.Engine.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cairn.Actors.Cluster;

/// <summary>A node of a cluster.</summary>
/// <param name="Remote">Where it is reached.</param>
/// <param name="StateDirectory">What it has to know after a restart; it must exist.</param>
public sealed record NodeSettings(RemoteSettings Remote, string StateDirectory)
{
    /// <summary>Whether it is a seed.</summary>
    public bool IsSeed { get; init; }

    /// <summary>Whether it is a worker.</summary>
    public bool IsWorker { get; init; }

    /// <summary>Seeds to join. A worker needs one, unless its state directory knows some.</summary>
    public IReadOnlyList<Address> Join { get; init; } = [];

    /// <summary>How fast it notices that another is gone.</summary>
    public ClusterDetection Detection { get; init; }

    /// <summary>Where a seed keeps the events of runs; <see cref="JournalSettings"/>.</summary>
    public Config? Journal { get; init; }

    /// <summary>Akka's settings as the operator has them, before all others.</summary>
    public Config? Akka { get; init; }
}

/// <summary>Adds a node's actor system to its process's host, so that actors, HTTP and logging start and end together.</summary>
public static class NodeHosting
{
    /// <summary>The system of a node in a cluster, which it joins as it starts, and leaves in good order as the host stops.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="actors">Starts the actors.</param>
    public static IServiceCollection AddClusterNode(
        this IServiceCollection services, NodeSettings node, Action<AkkaConfigurationBuilder> actors) =>
        services.AddAkka(MembershipSettings.SystemName, (akka, provider) =>
        {
            var known = KnownMembers.Read(node.StateDirectory);
            string[] seed = node.IsSeed ? [SeedDowning.SeedRole] : [], worker = node.IsWorker ? [MembershipSettings.WorkerRole] : [];
            var config = new[]
            {
                node.Akka ?? Config.Empty,
                JoinTimeout(Plan(known, Expected(node.Remote), node).Timeout),
                node.Journal ?? Config.Empty,
                MembershipSettings.Of(node.Detection, [.. seed, .. worker]),
                node.Remote.Hocon,
            }.Where(c => !c.IsEmpty).Aggregate((before, after) => before.WithFallback(after));
            Configure(akka, provider, config, node.Remote.Setups);
            actors(akka);
            akka.AddStartup((system, _) => Join(system, known, node));
            var probe = Props.Create(() => new DispatcherProbe(TimeProvider.System));
            akka.AddStartup((system, _) => system.ActorOf(probe, "dispatcher-probe"));
        });

    private static void Configure(AkkaConfigurationBuilder akka, IServiceProvider provider, Config config, IEnumerable<Setup> setups)
    {
        akka.AddHocon(config, HoconAddMode.Replace);
        akka.ConfigureLoggers(logging =>
        {
            logging.LogLevel = Akka.Event.LogLevel.InfoLevel;
            logging.ClearLoggers();
            logging.AddLogger<SystemLog>();
        });
        akka.AddSetup(SystemLog.To(provider.GetRequiredService<ILoggerFactory>(), TimeProvider.System));
        foreach (var setup in setups)
            akka.AddSetup(setup);
    }

    private static void Join(ActorSystem system, KnownMembers known, NodeSettings node)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        var plan = Plan(known, cluster.SelfAddress, node);
        system.ActorOf(Props.Create(() => new KnownMembersWriter(node.StateDirectory)), "members");
        var seeds = node.Join.Union(known.OtherSeeds(cluster.SelfAddress));
        // Its workers ask at its old address.
        var isAlone = node.IsSeed && !seeds.Any() && known.Self == $"{cluster.SelfAddress}";
        system.ActorOf(Props.Create(() => new MembershipWatch(seeds, isAlone)), MembershipWatch.Name);
        if (plan.Nodes.Count == 0)
            throw new SpecException("A worker needs the address of a seed: --seed HOST:PORT, as the seed prints it at its start.");

        cluster.JoinSeedNodes(plan.Nodes);
    }

    private static Config JoinTimeout(TimeSpan time) => ConfigurationFactory.ParseString(
        string.Create(CultureInfo.InvariantCulture, $"akka.cluster.seed-node-timeout = {time.TotalSeconds:0}s"));

    private static JoinPlan Plan(KnownMembers known, Address self, NodeSettings node) => known.PlanFor(self, node.IsSeed, node.Join);

    private static Address Expected(RemoteSettings remote) => MembershipSettings.AddressOf(remote.Host, remote.Port);
}

/// <summary>How a node ended: a removed one restarts, and joins as a new member.</summary>
public static class NodeLife
{
    /// <summary>Whether a system ended because its cluster has removed it.</summary>
    public static bool WasRemoved(ActorSystem system) =>
        CoordinatedShutdown.Get(system).ShutdownReason is CoordinatedShutdown.ClusterDowningReason;
}

/// <summary>
/// Measures how long an idle actor waits for a thread after a message arrives, which shows that a process is overloaded. Akka.NET does not
/// report mailbox sizes.
/// </summary>
internal sealed class DispatcherProbe : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly Meter Meter = new(Members.MemberMeter.MeterName);

    private static readonly Histogram<double> Delays = Meter.CreateHistogram(
        "cairn.dispatcher.delay", "s",
        "Time from telling an idle actor something until a thread of Akka's dispatcher takes it up, measured once a second.", null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.00001, 0.0001, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10],
        });

    public DispatcherProbe(TimeProvider time)
    {
        var idle = Context.ActorOf(Akka.Actor.Props.Create(() => new Idle(time)), "idle");
        Receive<Tick>(_ => idle.Tell(new Probe(time.GetTimestamp())), _ => Delays.Enabled);
        Receive<Tick>(static _ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer("tick", new Tick(), TimeSpan.Zero, Every);

    private sealed class Idle : ReceiveActor
    {
        public Idle(TimeProvider time) =>
            Receive<Probe>(probe => Delays.Record(time.GetElapsedTime(probe.SentAt).TotalSeconds));
    }

    private sealed record Tick : INoSerializationVerificationNeeded;

    private sealed record Probe(long SentAt) : INoSerializationVerificationNeeded;
}
