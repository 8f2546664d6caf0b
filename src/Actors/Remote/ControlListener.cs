using System.Net;
using System.Net.Sockets;

namespace Cairn.Actors.Remote;

/// <summary>Waits for the processes of one launch, and lets in those that know its secret.</summary>
internal sealed class ControlListener : IDisposable
{
    /// <summary>How long a process may take to say who it is, once it is connected.</summary>
    private static readonly TimeSpan HelloDeadline = TimeSpan.FromSeconds(20);

    private readonly TcpListener _listener;
    private readonly ControlSecret _secret = new();
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _closed = new();

    /// <param name="address">The address of this host to listen on.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="SpecException">This host has no such address.</exception>
    public ControlListener(IPAddress address, TimeProvider time)
    {
        _time = time;
        _listener = new TcpListener(address, 0);
        try
        {
            _listener.Start();
        }
        catch (SocketException e)
        {
            throw new SpecException(
                $"Ranks were to reach this process at {address}, where it cannot listen: {e.Message}. "
                + $"Give {RankEnvironment.AddressVariable} an address of this host, or unset it.", e);
        }
    }

    /// <summary>What a process is told by its environment, to find its way here.</summary>
    public IReadOnlyDictionary<string, string> Environment =>
        RankEnvironment.Describe((IPEndPoint)_listener.LocalEndpoint, _secret.Text);

    /// <summary>Lets processes in until this is disposed.</summary>
    /// <param name="serve">Is given each; nobody waits for it.</param>
    public async Task AcceptAsync(Func<WireConnection, WireMessage.Hello, Task> serve)
    {
        while (await NextAsync().ConfigureAwait(false) is { } socket)
        {
            _ = AdmitAsync(new WireConnection(socket), serve);
        }
    }

    public void Dispose()
    {
        // Perhaps for the second time; its token stays usable for whoever still looks at it.
        _closed.Cancel();
        _listener.Dispose();
    }

    private async Task<Socket?> NextAsync()
    {
        try
        {
            return await _listener.AcceptSocketAsync(_closed.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Closed; or out of descriptors, and then whoever wanted in ends, and its gang's deadline tells.
            return null;
        }
    }

    private async Task AdmitAsync(WireConnection connection, Func<WireConnection, WireMessage.Hello, Task> serve)
    {
        if (await HelloAsync(connection).ConfigureAwait(false) is { } hello)
        {
            await serve(connection, hello).ConfigureAwait(false);
        }

        connection.Dispose();
    }

    /// <summary>Who connected; null for somebody who is none of ours.</summary>
    private async Task<WireMessage.Hello?> HelloAsync(WireConnection connection)
    {
        using var deadline = new CancellationTokenSource(HelloDeadline, _time);
        try
        {
            var first = await connection.ReceiveAsync(WireFormat.MaxFirstBytes, deadline.Token).ConfigureAwait(false);
            return first is WireMessage.Hello { Protocol: WireMessage.Version } hello && _secret.Is(hello.Secret) ? hello : null;
        }
        catch (Exception e) when (e is DataException or OperationCanceledException)
        {
            // A stranger at the door is no reason to do anything but to close it.
            return null;
        }
    }
}
