using System.Net.Sockets;
using System.Text;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Durable;

namespace Cairn.Api.Local;

/// <summary>Sends orders to a run in another process of this machine, through its <see cref="RunSocket"/>.</summary>
public static class LocalOrders
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Sends an order, and waits until it is accepted.</summary>
    /// <param name="folder">The run's folder, <c>checkpoint.path</c>.</param>
    /// <param name="order">A name of <see cref="RunOrders"/>.</param>
    /// <param name="cancel">Cancels it.</param>
    /// <exception cref="SpecException">No process runs the run, or the order does not fit the run's state.</exception>
    /// <exception cref="TransientException">Its process does not answer.</exception>
    public static async Task TellAsync(string folder, string order, CancellationToken cancel)
    {
        var path = Path.Combine(folder, RunSocket.FileName);
        if (!PathFound.IsFile(path))
            throw NobodyThere(folder, "");

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            using (var shortcut = new ShortPath(folder))
            {
                var endpoint = new UnixDomainSocketEndPoint(shortcut.Of(RunSocket.FileName));
                await socket.ConnectAsync(endpoint, patience.Token).ConfigureAwait(false);
            }

            await AskAsync(socket, folder, order, patience.Token).ConfigureAwait(false);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            throw NobodyThere(folder, $" The socket {path} was left by a dead process.");
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new SpecException($"{path} belongs to another user: only the user of the run may control it.", e);
        }
        catch (Exception e) when (e is IOException or SocketException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new TransientException($"the process of the run in {folder} does not answer: {e.Message} Try again later.", e);
        }
    }

    private static async Task AskAsync(Socket socket, string folder, string order, CancellationToken cancel)
    {
        using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(order + "\n"), cancel).ConfigureAwait(false);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var answer = await reader.ReadLineAsync(cancel).ConfigureAwait(false)
            ?? throw new IOException("it ended before it answered.");
        if (answer != RunSocket.Taken)
            throw new SpecException($"the run in {folder}: {answer}.");
    }

    private static SpecException NobodyThere(string folder, string more) => new(
        RunLock.Holder(Path.Combine(folder, RunRecord.LockFileName)) is { } holder
            ? $"the run in {folder} runs elsewhere ({holder}): give the command there, or through the seed that it was submitted to."
            : $"the run in {folder} is not running, so it takes no commands.{more} \"cairn run\" continues from its newest sessions.");
}
