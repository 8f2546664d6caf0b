using System.Net;
using System.Net.Sockets;
using Cairn.Actors.Remote;

namespace Cairn.Actors.Tests.Remote;

public sealed class ControlListenerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ControlListener _listener = new(IPAddress.Loopback, TimeProvider.System);
    private readonly TaskCompletionSource<WireMessage.Hello> _served = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ControlListenerTests() => _ = _listener.AcceptAsync(async (connection, hello) =>
    {
        await connection.SendAsync(new WireMessage.Stop(hello.Pid));
        _served.SetResult(hello);
    });

    private RankEnvironment Place => RankEnvironment.Read(name => _listener.Environment.GetValueOrDefault(name));

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Who_knows_the_secret_is_let_in()
    {
        using var connection = Connect();
        Assert.True(connection.Send(Hello(Place.Secret)));
        Assert.Equal(new WireMessage.Stop(42), await connection.ReceiveAsync().AsTask().WaitAsync(Patience));
        Assert.Equal("here", (await _served.Task.WaitAsync(Patience)).Host);
    }

    [Fact]
    public async Task Who_does_not_know_the_secret_is_turned_away_and_others_still_get_in()
    {
        foreach (var wrong in new[] { "", "secret", Place.Secret[..^1], Place.Secret + "0", Place.Secret.ToUpperInvariant() + "!" })
        {
            using var stranger = Connect();
            stranger.Send(Hello(wrong));
            Assert.Null(await stranger.ReceiveAsync().AsTask().WaitAsync(Patience));
        }

        Assert.False(_served.Task.IsCompleted);
        await Who_knows_the_secret_is_let_in();
    }

    [Fact]
    public async Task Who_speaks_another_protocol_is_turned_away()
    {
        using var connection = Connect();
        connection.Send(Hello(Place.Secret) with { Protocol = WireMessage.Version + 1 });
        Assert.Null(await connection.ReceiveAsync().AsTask().WaitAsync(Patience));
        Assert.False(_served.Task.IsCompleted);
    }

    [Fact]
    public async Task Who_begins_with_anything_else_or_too_much_is_turned_away()
    {
        var tooLong = Hello(Place.Secret) with { Host = new string('x', WireFormat.MaxFirstBytes) };
        foreach (var first in new WireMessage[] { new WireMessage.Bye(), tooLong })
        {
            using var connection = Connect();
            connection.Send(first);
            Assert.Null(await connection.ReceiveAsync().AsTask().WaitAsync(Patience));
        }

        Assert.False(_served.Task.IsCompleted);
    }

    [Fact]
    public void Each_launch_has_a_secret_of_its_own()
    {
        using var other = new ControlListener(IPAddress.Loopback, TimeProvider.System);
        Assert.NotEqual(Place.Secret, RankEnvironment.Read(name => other.Environment.GetValueOrDefault(name)).Secret);
        Assert.Equal(64, Place.Secret.Length);
        Assert.Equal(IPAddress.Loopback, Place.Node.Address);
    }

    [Fact]
    public void An_address_that_is_none_of_this_host_is_refused_by_name()
    {
        // Reserved for documentation (RFC 5737): no host has it.
        var error = Assert.Throws<SpecException>(() => new ControlListener(IPAddress.Parse("192.0.2.1"), TimeProvider.System));
        Assert.Contains("192.0.2.1", error.Message, StringComparison.Ordinal);
        Assert.Contains(RankEnvironment.AddressVariable, error.Message, StringComparison.Ordinal);
    }

    private static WireMessage.Hello Hello(string secret) => new(WireMessage.Version, secret, 42, "here");

    private WireConnection Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(Place.Node);
        return new WireConnection(socket);
    }
}
