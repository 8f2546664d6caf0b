using System.Net;
using System.Net.Sockets;

namespace Cairn.Actors.Tests.Cluster;

/// <summary>
/// A port that passes its connections on to another. Those that are open can be frozen: they stay open, and nothing gets through.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;
    private CancellationTokenSource _frozen = new();

    public Relay()
    {
        _listener.Start();
        Target = FreePort();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Where connections go: a free port, for the one that others are to reach by way of the relay.</summary>
    public int Target { get; }

    public async Task FreezeAsync()
    {
        await _frozen.CancelAsync();
        _frozen = new();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _ended.SetResult();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
        _frozen.Dispose();
    }

    private static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                _ = PassAsync(await _listener.AcceptTcpClientAsync(_end.Token), _frozen.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task PassAsync(TcpClient from, CancellationToken frozen)
    {
        using (from)
        using (var to = new TcpClient())
        {
            try
            {
                await to.ConnectAsync(IPAddress.Loopback, Target, _end.Token);
                var (here, there) = (from.GetStream(), to.GetStream());
                await Task.WhenAny(here.CopyToAsync(there, frozen), there.CopyToAsync(here, frozen));
                if (frozen.IsCancellationRequested)
                    await _ended.Task;
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
                // One side is gone, and so is the other then.
            }
        }
    }
}
