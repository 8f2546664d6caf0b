using System.Net;
using System.Net.Sockets;

namespace Cairn.Actors.Remote;

/// <summary>One end of a control socket. Sending is for one caller at a time, as is receiving.</summary>
internal sealed class WireConnection : IDisposable
{
    /// <summary>Seconds without a sign of life before a silent host is asked, between questions, and how many: a dead host counts as
    /// gone after a minute.</summary>
    private const int IdleSeconds = 30, BetweenSeconds = 10, Questions = 3;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    public WireConnection(Socket socket)
    {
        _socket = socket;
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, IdleSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, BetweenSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Questions);
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Whether the other end is on this host.</summary>
    public bool IsLocal => _socket is { RemoteEndPoint: IPEndPoint remote, LocalEndPoint: IPEndPoint local }
        && (IPAddress.IsLoopback(remote.Address) || remote.Address.Equals(local.Address));

    /// <summary>Sends a message. Returns false when the other end is gone.</summary>
    public async ValueTask<bool> SendAsync(WireMessage message)
    {
        try
        {
            await _stream.WriteAsync(WireFormat.Encode(message)).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (IsGone(e))
        {
            return false;
        }
    }

    /// <summary>The next message; null when the other end is gone.</summary>
    /// <exception cref="DataException">What came is no message.</exception>
    public async ValueTask<WireMessage?> ReceiveAsync(int most = WireFormat.MaxBytes, CancellationToken cancel = default)
    {
        try
        {
            var head = new byte[sizeof(int)];
            await _stream.ReadExactlyAsync(head, cancel).ConfigureAwait(false);
            var body = new byte[WireFormat.Length(head, most)];
            await _stream.ReadExactlyAsync(body, cancel).ConfigureAwait(false);
            return WireFormat.Decode(body);
        }
        catch (Exception e) when (IsGone(e))
        {
            return null;
        }
    }

    /// <summary><see cref="SendAsync"/> for a thread that may wait.</summary>
    public bool Send(WireMessage message)
    {
        try
        {
            _stream.Write(WireFormat.Encode(message));
            return true;
        }
        catch (Exception e) when (IsGone(e))
        {
            return false;
        }
    }

    /// <summary><see cref="ReceiveAsync"/> for a thread that may wait.</summary>
    public WireMessage? Receive()
    {
        try
        {
            var head = new byte[sizeof(int)];
            _stream.ReadExactly(head);
            var body = new byte[WireFormat.Length(head, WireFormat.MaxBytes)];
            _stream.ReadExactly(body);
            return WireFormat.Decode(body);
        }
        catch (Exception e) when (IsGone(e))
        {
            return null;
        }
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>A socket that was closed, reset, or disposed here: to whoever waits for a message it is all the same.</summary>
    private static bool IsGone(Exception e) => e is IOException or SocketException or ObjectDisposedException;
}
