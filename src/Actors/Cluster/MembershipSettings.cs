using Akka.Configuration;
using Akka.Event;
using Akka.Remote;
using Cairn.Engine.Settings;

namespace Cairn.Actors.Cluster;

/// <summary>Akka's settings for a node of a cluster.</summary>
public static class MembershipSettings
{
    /// <summary>The name of every node's actor system.</summary>
    public const string SystemName = "cairn";

    /// <summary>A worker's role.</summary>
    public const string WorkerRole = "worker";

    private static readonly Config Fixed = ConfigurationFactory.ParseString("""
        akka {
          actor.provider = cluster
          cluster {
            downing-provider-class = "Cairn.Actors.Cluster.SeedDowning, Cairn.Actors"
            run-coordinated-shutdown-when-down = on         # who was removed stops, and joins as a new member
            allow-weakly-up-members = off                   # who is not agreed on gets no batches
            log-info = off                                  # the registry and the downing tell what an operator needs
            retry-unsuccessful-join-after = 3s
            periodic-tasks-initial-delay = 500ms
            unreachable-nodes-reaper-interval = 250ms
            singleton {
              hand-over-retry-interval = 500ms
              min-number-of-hand-over-retries = 8
            }
            singleton-proxy {
              singleton-identification-interval = 500ms
              log-singleton-identification-failure = off    # it is told at once, and at every start
              buffer-size = 10000                           # reports wait here while there is no registry
            }
          }
        }
        """);

    /// <summary>A seed monitors all members itself, not only a few neighbours.</summary>
    private static readonly Config OfSeed =
        ConfigurationFactory.ParseString("akka.cluster.failure-detector.monitored-by-nr-of-members = 100000");

    /// <summary>A worker takes no part in downing.</summary>
    private static readonly Config OfOthers = ConfigurationFactory.ParseString("""
        akka.cluster.failure-detector {
          implementation-class = "Cairn.Actors.Cluster.AlwaysAvailableDetector, Cairn.Actors"
          monitored-by-nr-of-members = 1
        }
        """);

    /// <summary>The address of a node's actor system.</summary>
    public static Address AddressOf(string host, int port) => new("akka.ssl.tcp", SystemName, host, port);

    /// <summary>Settings of a node in a cluster; they take precedence over those of its remoting.</summary>
    /// <param name="detection">How fast failures are detected.</param>
    /// <param name="roles">Its roles.</param>
    public static Config Of(ClusterDetection detection, params IEnumerable<string> roles) => ConfigurationFactory.ParseString(
        $"akka.cluster.roles = [{string.Join(", ", roles)}]")
        .WithFallback(roles.Contains(SeedDowning.SeedRole) ? OfSeed : OfOthers).WithFallback(Pace(detection)).WithFallback(Fixed);

    private static Config Pace(ClusterDetection detection) => detection switch
    {
        ClusterDetection.Fast => Pace("50ms", "500ms", "1s", "250ms", "1s", "700ms", "400ms", "500ms"),
        ClusterDetection.Patient => Pace("200ms", "1s", "2s", "2s", "12s", "6s", "2s", "4s"),
        _ => Pace("100ms", "500ms", "1s", "500ms", "3s", "1500ms", "700ms", "1s"),
    };

    /// <summary>
    /// Measured from kill -9 to the member's removal: silence, then the rest until it settles, then half a second of gossip.
    /// </summary>
    /// <remarks>Akka's timer wakes an idle process at every tick.</remarks>
    private static Config Pace(
        string tick, string gossip, string gossipLife, string heartbeat, string silence, string stableAfter, string turn,
        string removalMargin) =>
        ConfigurationFactory.ParseString($$"""
            akka.scheduler.tick-duration = {{tick}}
            akka.cluster.scheduler.tick-duration = {{tick}}
            akka.cluster.gossip-interval = {{gossip}}
            akka.cluster.gossip-time-to-live = {{gossipLife}}
            akka.cluster.leader-actions-interval = {{gossip}}
            akka.cluster.failure-detector {
              heartbeat-interval = {{heartbeat}}
              acceptable-heartbeat-pause = {{silence}}
              expected-response-after = {{heartbeat}}
            }
            cairn.cluster {
              stable-after = {{stableAfter}}
              turn = {{turn}}
              removal-margin = {{removalMargin}}
            }
            """);
}

/// <summary>
/// A worker's failure detector, which never suspects a member. The seeds decide who leaves the cluster, and while any member reports
/// another as unreachable, no node can join or be removed. A worker finds out by asking whether the cluster continues without it
/// (<see cref="MembershipWatch"/>).
/// </summary>
public sealed class AlwaysAvailableDetector : FailureDetector
{
    private volatile bool _isMonitoring;

    /// <param name="config">Required by Akka; not used.</param>
    /// <param name="events">Required by Akka; not used.</param>
    public AlwaysAvailableDetector(Config config, EventStream events) => _ = (config, events);

    public override bool IsAvailable => true;

    public override bool IsMonitoring => _isMonitoring;

    public override void HeartBeat() => _isMonitoring = true;
}
