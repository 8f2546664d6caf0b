using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using Cairn.Actors.Cluster;

namespace Cairn.Actors.Tests.Cluster;

/// <summary>Who has the certificate is talked to; nobody else gets anything done, and each kind of stranger is told of once.</summary>
[Collection(RunAlone.Name)]
public sealed class SecureRemotingTests : TestKit
{
    private const int NoiseBytes = 10 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Config Quick = ConfigurationFactory.ParseString("""
        akka.remote.handshake-timeout = 2s
        akka.remote.dot-netty.tcp.connection-timeout = 2s
        """);

    private static readonly SampleReport Greeting = new("r1", TimeSpan.FromHours(6), DateTimeOffset.UnixEpoch);

    private readonly ClusterCertificate _certificate;
    private readonly List<ActorSystem> _others = [];

    public SecureRemotingTests() : this(ClusterCertificate.Create())
    {
    }

    private SecureRemotingTests(ClusterCertificate certificate) : base(SetupOf(certificate), "node")
    {
        _certificate = certificate;
        Sys.ActorOf(Props.Create(() => new Echo()), "echo");
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));
        Sys.EventStream.Subscribe(TestActor, typeof(Error));
    }

    private Address NodeAddress => ((ExtendedActorSystem)Sys).Provider.DefaultAddress;

    [Fact]
    public async Task Two_processes_with_one_certificate_talk_to_each_other() =>
        Assert.Equal(Greeting, await Ask(Other(_certificate), NodeAddress));

    [Fact]
    public async Task A_certificate_reaches_a_child_as_text() =>
        Assert.Equal(Greeting, await Ask(Other(ClusterCertificate.FromPem(_certificate.ToPem(), "the environment")), NodeAddress));

    [Fact]
    public async Task A_node_with_another_certificate_reaches_nobody_and_is_told_of_once()
    {
        var stranger = Other(ClusterCertificate.Create());
        var reached = await Task.WhenAny(Ask(stranger, NodeAddress), Expected("was refused: it does not have this cluster's certificate"));

        Assert.IsNotAssignableFrom<Task<object>>(reached);
        await StillAnswers();
    }

    [Fact]
    public async Task A_node_does_not_talk_to_a_peer_with_another_certificate_that_trusts_everything()
    {
        using var own = ClusterCertificate.Create();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Sys.ActorSelection($"akka.ssl.tcp://node@127.0.0.1:{port}/user/echo").Tell(Greeting);
        using var client = await listener.AcceptTcpClientAsync().WaitAsync(Patience);
        await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, shown, _, _) => shown is not null);
        var heard = await Record.ExceptionAsync(async () =>
        {
            await tls.AuthenticateAsServerAsync(own.Certificate, clientCertificateRequired: true, checkCertificateRevocation: false);
            Assert.Equal(0, await tls.ReadAsync(new byte[1]).AsTask().WaitAsync(Patience));
        });

        Assert.True(heard is null or IOException or AuthenticationException, $"{heard}");
        await Expected($"No connection to 127.0.0.1:{port}: it does not have this cluster's certificate ({_certificate.Fingerprint})");
        await StillAnswers();
    }

    /// <summary>Who of the two hangs up first is open; a node that is refused before it has looked can only say that.</summary>
    [Fact]
    public async Task Two_nodes_with_different_certificates_refuse_each_other()
    {
        var impostor = Other(ClusterCertificate.Create());
        Sys.ActorSelection($"{AddressOf(impostor)}/user/echo").Tell(Greeting);

        await Expected($"No connection to 127.0.0.1:{AddressOf(impostor).Port}: it ");
        await StillAnswers();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_trusts_everything_is_refused(bool withCertificate)
    {
        using var own = ClusterCertificate.Create();
        for (var i = 0; i < 3; i++)
        {
            using var client = await Connect();
            await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, shown, _, _) => shown is not null);
            var read = await Record.ExceptionAsync(async () =>
            {
                X509CertificateCollection shown = withCertificate ? [own.Certificate] : [];
                await tls.AuthenticateAsClientAsync("cairn", shown, SslProtocols.None, checkCertificateRevocation: false);
                Assert.Equal(0, await tls.ReadAsync(new byte[1]).AsTask().WaitAsync(Patience));
            });
            Assert.True(read is null or IOException or AuthenticationException, $"{read}");
        }

        await Expected("was refused: it does not have this cluster's certificate");
        await StillAnswers();
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task Ten_megabytes_of_noise_change_nothing_and_are_told_of_once()
    {
        var random = new Random(7);
        for (var i = 0; i < 3; i++)
        {
            var noise = new byte[NoiseBytes];
            random.NextBytes(noise);
            noise[0] = 0xFF;
            using var client = await Connect();
            var refused = await Record.ExceptionAsync(async () =>
            {
                await client.GetStream().WriteAsync(noise).AsTask().WaitAsync(Patience);
                Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Patience));
            });
            Assert.True(refused is null or IOException, $"{refused}");
        }

        await Expected("was refused: it does not speak TLS. Further ones like it are refused without a message.");
        await StillAnswers();
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_connection_that_stays_silent_holds_nobody_up_and_is_closed()
    {
        using var silent = await Connect();

        await StillAnswers();

        Assert.Equal(0, await silent.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Patience));
    }

    /// <summary>Akka's transport ends its actor system then: a peer killed in the wrong moment took its neighbours with it.</summary>
    [Theory]
    [InlineData(true, "does not answer.")]
    [InlineData(false, "ended during the TLS handshake: it stopped, or it refuses this node's certificate.")]
    public async Task A_peer_that_goes_away_or_hangs_within_the_handshake_takes_nobody_with_it(bool hangs, string words)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Sys.ActorSelection($"akka.ssl.tcp://node@127.0.0.1:{port}/user/echo").Tell(Greeting);
        var peer = await listener.AcceptTcpClientAsync().WaitAsync(Patience);
        await peer.GetStream().ReadExactlyAsync(new byte[16]).AsTask().WaitAsync(Patience);
        if (!hangs)
            peer.Dispose();

        await Expected($"No connection to 127.0.0.1:{port}: it {words}");
        await StillAnswers();
        Assert.False(Sys.WhenTerminated.IsCompleted);
        Assert.Null(CoordinatedShutdown.Get(Sys).ShutdownReason);
        peer.Dispose();
    }

    protected override void AfterAll()
    {
        Task.WaitAll(_others.Select(o => o.Terminate()).ToArray(), Patience);
        base.AfterAll();
        _certificate.Dispose();
    }

    private async Task StillAnswers() => Assert.Equal(Greeting, await Ask(Other(_certificate), NodeAddress));

    /// <summary>The one thing that was logged, without a stack trace.</summary>
    private async Task Expected(string words)
    {
        var entry = (LogEvent)await FishForMessageAsync(m => m is LogEvent e && Sys.Settings.LogFilter.ShouldTryKeepMessage(e, out _),
            Patience);
        Assert.True($"{entry}".Contains(words, StringComparison.Ordinal), $"'{words}' was expected, and this was logged: {entry}");
        Assert.DoesNotContain("\n", $"{entry}", StringComparison.Ordinal);
    }

    private async Task<TcpClient> Connect()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, NodeAddress.Port!.Value);
        return client;
    }

    private static async Task<object> Ask(ActorSystem from, Address to) =>
        await from.ActorSelection($"{to}/user/echo").Ask(Greeting, Patience);

    private static Address AddressOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;

    private ActorSystem Other(ClusterCertificate certificate)
    {
        _others.Add(ActorSystem.Create("node", SetupOf(certificate)));
        return _others[^1];
    }

    private static ActorSystemSetup SetupOf(ClusterCertificate certificate) =>
        new RemoteSettings(certificate).For(Quick).And(new MessageSetup(SampleMessages.Table));

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(m => Sender.Tell(m));
    }
}
