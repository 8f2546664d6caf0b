using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote.Transport;
using Akka.Remote.Transport.DotNetty;
using DotNetty.Common;

namespace Cairn.Actors.Cluster;

/// <summary>Akka's TCP transport with mutual TLS in which both ends must show the same certificate.</summary>
/// <remarks>
/// Akka's transport shuts its actor system down when a connection that it opened breaks off within the TLS handshake, so a peer that dies
/// at the wrong moment would take its neighbours with it. It also logs every unknown peer with a stack trace. So it runs in a small actor
/// system of its own, which has nothing to shut down and logs to <see cref="RefusedConnections"/>.
/// </remarks>
public sealed class PinnedTlsTransport : Transport
{
    private const string Tcp = "Akka.Remote.Transport.DotNetty.TcpTransport, Akka.Remote";

    private static readonly Config TransportSystem = ConfigurationFactory.ParseString("""
        akka {
          loglevel = INFO
          coordinated-shutdown {
            run-by-clr-shutdown-hook = off
            terminate-actor-system = off                    # whatever a peer does
            run-by-actor-system-terminate = off
            exit-clr = off
          }
        }
        """).WithFallback(SystemLog.Settings);

    /// <summary>DotNetty's leak detection records a stack trace for each 128th buffer.</summary>
    static PinnedTlsTransport() => ResourceLeakDetector.Level = ResourceLeakDetector.DetectionLevel.Disabled;

    private readonly ActorSystem _transportSystem;
    private readonly Transport _tcp;
    private readonly UnreachablePeers _peers;
    private readonly TimeSpan _timeout;

    /// <summary>Called by Akka.</summary>
    /// <exception cref="ConfigurationException">The system was started without a <see cref="PinnedTlsSetup"/>.</exception>
    public PinnedTlsTransport(ActorSystem system, Config config)
    {
        var setup = system.Settings.Setup.Get<PinnedTlsSetup>();
        if (!setup.HasValue)
        {
            throw new ConfigurationException(
                $"{nameof(PinnedTlsTransport)} needs a {nameof(PinnedTlsSetup)} in the setup of {system.Name}.");
        }

        (System, Config) = (system, config);
        var certificate = setup.Value.Certificate;
        var log = Logging.GetLogger(system, typeof(PinnedTlsTransport));
        _peers = new UnreachablePeers(log, certificate.Fingerprint);
        // Shorter than the timeout of the layer above, which does not know the cause.
        _timeout = 0.75 * config.GetTimeSpan("connection-timeout");
        _transportSystem = ActorSystem.Create(system.Name, ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(TransportSystem),
            new SystemLogSetup(new RefusedConnections(log, certificate.Fingerprint).Note),
            new DotNettySslSetup(
                certificate.Certificate, suppressValidation: false, requireMutualAuthentication: true, (shown, _, peer, _, _) =>
                    certificate.IsShownBy(shown) || _peers.Refused(peer))));
        _tcp = (Transport)Activator.CreateInstance(Type.GetType(Tcp, throwOnError: true)!, _transportSystem, config)!;
    }

    public override string SchemeIdentifier => _tcp.SchemeIdentifier;

    public override long MaximumPayloadBytes => _tcp.MaximumPayloadBytes;

    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen() => _tcp.Listen();

    public override bool IsResponsibleFor(Address remote) => _tcp.IsResponsibleFor(remote);

    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        var attempt = _tcp.Associate(remoteAddress);
        try
        {
            var handle = await attempt.WaitAsync(_timeout, TimeProvider.System);
            _peers.Reached(remoteAddress);
            return handle;
        }
        catch (Exception error)
        {
            _ = attempt.ContinueWith(DropLate, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            _peers.NotReached(remoteAddress, error);
            throw new InvalidAssociationException($"No connection to {remoteAddress}: {error.Message}", error);
        }
    }

    public override Task<bool> ManagementCommand(object message) => _tcp.ManagementCommand(message);

    public override async Task<bool> Shutdown()
    {
        try
        {
            return await _tcp.Shutdown();
        }
        finally
        {
            await _transportSystem.Terminate();
        }
    }

    /// <summary>Closes the connection of an abandoned attempt, and observes its exception.</summary>
    private static void DropLate(Task<AssociationHandle> attempt)
    {
        if (attempt.Exception is null)
            attempt.Result.Disassociate("too late", NoLogger.Instance);
    }
}

/// <summary>Passes the certificate to <see cref="PinnedTlsTransport"/>.</summary>
public sealed class PinnedTlsSetup(ClusterCertificate certificate) : Setup
{
    public ClusterCertificate Certificate => certificate;
}
