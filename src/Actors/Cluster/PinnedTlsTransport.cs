using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote.Transport;
using Akka.Remote.Transport.DotNetty;
using DotNetty.Common;

namespace Cairn.Actors.Cluster;

/// <summary>
/// Akka's TCP transport with mutual TLS in which both ends must show the same certificate, built so that a peer can do no more than
/// fail to connect.
/// </summary>
/// <remarks>
/// Akka's transport runs the coordinated shutdown of its actor system whenever a connection that it opened breaks off within the TLS
/// handshake: a peer killed or suspended at the wrong moment would take all its neighbours with it. It also logs every unknown peer with a
/// stack trace. So it gets its own small actor system, which has nothing to shut down and whose log <see cref="Strangers"/> reads.
/// </remarks>
public sealed class PinnedTlsTransport : Transport
{
    private const string Tcp = "Akka.Remote.Transport.DotNetty.TcpTransport, Akka.Remote";

    private static readonly Config Aside = ConfigurationFactory.ParseString("""
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

    /// <summary>DotNetty records a stack trace for each 128th buffer, to find leaks of its own; a node has no use for them.</summary>
    static PinnedTlsTransport() => ResourceLeakDetector.Level = ResourceLeakDetector.DetectionLevel.Disabled;

    private readonly ActorSystem _aside;
    private readonly Transport _tcp;
    private readonly Peers _peers;
    private readonly TimeSpan _patience;

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
        _peers = new Peers(log, certificate.Fingerprint);
        // Shorter than the layer above waits, which would know no cause.
        _patience = 0.75 * config.GetTimeSpan("connection-timeout");
        _aside = ActorSystem.Create(system.Name, ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(Aside),
            new SystemLogSetup(new Strangers(log, certificate.Fingerprint).Note),
            new DotNettySslSetup(
                certificate.Certificate, suppressValidation: false, requireMutualAuthentication: true, (shown, _, peer, _, _) =>
                    certificate.IsShownBy(shown) || _peers.Refused(peer))));
        _tcp = (Transport)Activator.CreateInstance(Type.GetType(Tcp, throwOnError: true)!, _aside, config)!;
    }

    /// <inheritdoc/>
    public override string SchemeIdentifier => _tcp.SchemeIdentifier;

    /// <inheritdoc/>
    public override long MaximumPayloadBytes => _tcp.MaximumPayloadBytes;

    /// <inheritdoc/>
    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen() => _tcp.Listen();

    /// <inheritdoc/>
    public override bool IsResponsibleFor(Address remote) => _tcp.IsResponsibleFor(remote);

    /// <inheritdoc/>
    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        var attempt = _tcp.Associate(remoteAddress);
        try
        {
            var handle = await attempt.WaitAsync(_patience, TimeProvider.System);
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

    /// <inheritdoc/>
    public override Task<bool> ManagementCommand(object message) => _tcp.ManagementCommand(message);

    /// <inheritdoc/>
    public override async Task<bool> Shutdown()
    {
        try
        {
            return await _tcp.Shutdown();
        }
        finally
        {
            await _aside.Terminate();
        }
    }

    /// <summary>An abandoned attempt leaves no open connection behind, and no unseen exception.</summary>
    private static void DropLate(Task<AssociationHandle> attempt)
    {
        if (attempt.Exception is null)
        {
            attempt.Result.Disassociate("too late", NoLogger.Instance);
        }
    }
}

/// <summary>Brings the certificate to <see cref="PinnedTlsTransport"/>.</summary>
/// <param name="certificate">The certificate.</param>
public sealed class PinnedTlsSetup(ClusterCertificate certificate) : Setup
{
    /// <summary>The certificate.</summary>
    public ClusterCertificate Certificate => certificate;
}
