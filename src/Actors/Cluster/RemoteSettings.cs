using Akka.Actor.Setup;
using Akka.Configuration;

namespace Cairn.Actors.Cluster;

/// <summary>How a process of Cairn's is reached by others: where it listens, and what they must show.</summary>
/// <param name="Certificate">What both ends of every connection show.</param>
public sealed record RemoteSettings(ClusterCertificate Certificate)
{
    /// <summary>The largest frame that a connection carries.</summary>
    public const int FrameBytes = 4 * 1024 * 1024;

    /// <summary>
    /// The name or address that others reach it under, and that it listens at unless <see cref="BindHost"/> says another.
    /// </summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The address it listens at, where that is another (behind a translated address, or every interface: 0.0.0.0).</summary>
    public string? BindHost { get; init; }

    /// <summary>The port it listens at; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Everything that no node has a reason to set otherwise.</summary>
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

    /// <summary>Akka's settings. The provider is <c>remote</c> unless it is set to <c>cluster</c> before.</summary>
    public Config Hocon => ConfigurationFactory.ParseString($$"""
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp {
          hostname = "{{BindHost ?? Host}}"
          public-hostname = "{{Host}}"
          port = {{Port}}
        }
        """).WithFallback(Fixed);

    /// <summary>
    /// What <see cref="PinnedTlsTransport"/> takes from the system's setup; and Akka is not to repeat what that logs once.
    /// </summary>
    public IReadOnlyList<Setup> Setups =>
    [
        new PinnedTlsSetup(Certificate),
        // The actor that watches a peer reports that it has gone; Akka would add a stack trace each time.
        new LogFilterBuilder()
            .ExcludeMessageContaining("Tried to associate with unreachable remote address")
            .ExcludeMessageContaining("Association with remote system")
            .ExcludeMessageContaining("Disassociated")
            .ExcludeMessageContaining("Couldn't join seed nodes")
            // MembershipWatch drops connections to seeds that do not answer.
            .ExcludeMessageContaining("with unknown UID is reported as quarantined")
            // No important message is only sent: reports are awaited, and actors that are asked to end also end with their parents.
            .ExcludeMessageContaining("Shutdown finished, but flushing might not have been successful")
            // Akka's last words, when its loggers are gone: they go to standard output, whatever its settings say.
            .ExcludeMessageContaining("Remoting shut down")
            .Build(),
    ];

    /// <summary>All of it for <see cref="ActorSystem.Create(string, ActorSystemSetup)"/>, with more settings that go before.</summary>
    public ActorSystemSetup For(Config? more = null) =>
        ActorSystemSetup.Create([BootstrapSetup.Create().WithConfig(more is null ? Hocon : more.WithFallback(Hocon)), .. Setups]);
}
