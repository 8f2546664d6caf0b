using Akka.Actor.Setup;
using Akka.Configuration;

namespace Cairn.Actors.Cluster;

/// <summary>How other processes connect to a process of Cairn: its address and certificate.</summary>
/// <param name="Certificate">Both ends of every connection must show it.</param>
public sealed record RemoteSettings(ClusterCertificate Certificate)
{
    /// <summary>The largest frame that a connection carries.</summary>
    public const int FrameBytes = 4 * 1024 * 1024;

    /// <summary>
    /// The name or address under which others reach it, and at which it listens unless <see cref="BindHost"/> is set.
    /// </summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The address it listens at, if that differs (address translation, or all interfaces: 0.0.0.0).</summary>
    public string? BindHost { get; init; }

    /// <summary>The port it listens at; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Settings that are the same for all nodes.</summary>
    private static readonly Config Fixed = ConfigurationFactory.ParseString($$"""
        akka {
          stdout-loglevel = OFF                             # it would write before there is any configuration
          coordinated-shutdown {
            run-by-clr-shutdown-hook = off                  # the host handles signals
            exit-clr = off                                  # and ends the process
          }
          actor.serialization-settings.primitive.use-legacy-behavior = off
          remote {
            log-remote-lifecycle-events = OFF               # who comes and goes is told by membership and by exits
            retry-gate-closed-for = 1s                      # a peer that came back is reached again soon
            initial-system-message-delivery-timeout = 1m
            shutdown-timeout = 3s                           # a peer that is gone holds nobody up
            flush-wait-on-shutdown = 1s
            dot-netty.tcp {
              transport-class = "Cairn.Actors.Cluster.PinnedTlsTransport, Cairn.Actors"
              enable-ssl = true
              maximum-frame-size = {{FrameBytes}}b
              send-buffer-size = 1 MiB
              receive-buffer-size = 1 MiB
              batching.enabled = false                      # each report is waited for
              tcp-reuse-addr = off                              # on lets two processes listen at one port
            }
          }
        }
        """).WithFallback(CairnSerializer.Settings);

    /// <summary>Akka's settings. The provider is <c>remote</c> unless settings with precedence say <c>cluster</c>.</summary>
    public Config Hocon => ConfigurationFactory.ParseString($$"""
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp {
          hostname = "{{BindHost ?? Host}}"
          public-hostname = "{{Host}}"
          port = {{Port}}
        }
        """).WithFallback(Fixed);

    /// <summary>
    /// The certificate for <see cref="PinnedTlsTransport"/>, and log filters for what the transport logs itself.
    /// </summary>
    public IReadOnlyList<Setup> Setups =>
    [
        new PinnedTlsSetup(Certificate),
        // The actor that watches a peer reports its loss; Akka would add a stack trace each time.
        new LogFilterBuilder()
            .ExcludeMessageContaining("Tried to associate with unreachable remote address")
            .ExcludeMessageContaining("Association with remote system")
            .ExcludeMessageContaining("Disassociated")
            .ExcludeMessageContaining("Couldn't join seed nodes")
            // MembershipWatch drops connections to seeds that do not answer.
            .ExcludeMessageContaining("with unknown UID is reported as quarantined")
            // No important message depends on the flush: reports are acknowledged, and actors also end with their parents.
            .ExcludeMessageContaining("Shutdown finished, but flushing might not have been successful")
            // Logged after Akka's loggers have ended, to standard output whatever the settings say.
            .ExcludeMessageContaining("Remoting shut down")
            .Build(),
    ];

    /// <summary>
    /// The setup for <see cref="ActorSystem.Create(string, ActorSystemSetup)"/>, with more settings that take precedence.
    /// </summary>
    public ActorSystemSetup For(Config? more = null) =>
        ActorSystemSetup.Create([BootstrapSetup.Create().WithConfig(more is null ? Hocon : more.WithFallback(Hocon)), .. Setups]);
}
