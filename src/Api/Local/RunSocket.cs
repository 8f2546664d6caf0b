using System.Net.Sockets;
using System.Text;
using Cairn.Actors.Runs;

namespace Cairn.Api.Local;

/// <summary>
/// Lets other processes of the same user send orders to a run in this process: a Unix domain socket in the run's folder, mode 0600.
/// Each connection sends one line, a name of <see cref="RunOrders"/>, and receives one: <see cref="Taken"/>, or the reason for refusal.
/// It exists as long as the run; the next run replaces the socket of a dead process.
/// </summary>
public sealed class RunSocket : IAsyncDisposable
{
    /// <summary>Its file name in the run's folder.</summary>
    public const string FileName = "control";

    internal const string Taken = "taken";

    /// <summary>Longer than any order.</summary>
    private const int MostBytes = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource _ending = new();
    private readonly Func<object, CancellationToken, Task<object>> _ask;
    private readonly string _path;
    private readonly Task<string> _id;
    private readonly Socket _socket;
    private readonly Task _serving;

    private RunSocket(string path, Task<string> id, Func<object, CancellationToken, Task<object>> ask, Socket socket)
    {
        (_path, _id, _ask, _socket) = (path, id, ask, socket);
        _serving = ServeAsync();
    }

    /// <summary>Starts to listen. The caller holds the run's lock, so an existing socket belongs to a dead process.</summary>
    /// <param name="folder">The run's folder, <c>checkpoint.path</c>.</param>
    /// <param name="id">The run's id, once the registry has it.</param>
    /// <param name="ask">Asks the registry.</param>
    /// <exception cref="SocketException">The file system has no sockets.</exception>
    public static RunSocket Open(string folder, Task<string> id, Func<object, CancellationToken, Task<object>> ask)
    {
        var path = Path.Combine(folder, FileName);
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            using var shortcut = new ShortPath(folder);
            socket.Bind(new UnixDomainSocketEndPoint(shortcut.Of(FileName)));
            // Connections are refused before Listen.
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Listen();
            return new RunSocket(path, id, ask, socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Stops listening and removes the socket.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _serving.ConfigureAwait(false);
        _socket.Dispose();
        File.Delete(_path);
        _ending.Dispose();
    }

    private async Task ServeAsync()
    {
        List<Task> talks = [];
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                var peer = await _socket.AcceptAsync(_ending.Token).ConfigureAwait(false);
                talks.RemoveAll(talk => talk.IsCompleted);
                talks.Add(TalkAsync(peer));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // The peer disconnected first, or the run ends.
            }
        }

        await Task.WhenAll(talks).ConfigureAwait(false);
    }

    /// <summary>Serves one peer; a silent peer does not delay others.</summary>
    private async Task TalkAsync(Socket peer)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        patience.CancelAfter(Patience);
        var stream = new NetworkStream(peer, ownsSocket: true);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                await AnswerAsync(stream, patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or AskTimeoutException)
            {
                // The peer disconnected or sent nothing, or the run ends. It sees the connection close, and knows that no order was taken.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream, CancellationToken cancel)
    {
        var name = await LineAsync(stream, cancel).ConfigureAwait(false);
        var id = await _id.WaitAsync(cancel).ConfigureAwait(false);
        var answer = RunOrders.Message(name, id) is { } message ? await AskAsync(message, cancel).ConfigureAwait(false)
            : $"'{name}' is not a command for a run: this is another version of Cairn";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(answer.ReplaceLineEndings(" ") + "\n"), cancel).ConfigureAwait(false);
    }

    /// <summary>The first line, up to the maximal length.</summary>
    private static async Task<string> LineAsync(NetworkStream stream, CancellationToken cancel)
    {
        var bytes = new byte[MostBytes];
        int count = 0, read;
        do
        {
            read = await stream.ReadAsync(bytes.AsMemory(count), cancel).ConfigureAwait(false);
            count += read;
        }
        while (read > 0 && count < bytes.Length && !bytes.AsSpan(0, count).Contains((byte)'\n'));
        return Encoding.UTF8.GetString(bytes, 0, count).Split('\n')[0];
    }

    private async Task<string> AskAsync(object message, CancellationToken cancel) =>
        await _ask(message, cancel).ConfigureAwait(false) switch
    {
        CommandAccepted => Taken,
        NotApplicable not => not.Reason,
        NoSuchRun => "it has ended",
        RegistryUnavailable away => away.Reason,
        var answer => throw new InvalidOperationException($"the registry answered {message} with {answer}"),
    };
}

/// <summary>
/// A short path to a folder, since the address of a socket has at most 108 bytes (unix(7)): a symbolic link in a temporary folder.
/// </summary>
internal sealed class ShortPath : IDisposable
{
    private readonly DirectoryInfo _folder = Made();

    public ShortPath(string target) => File.CreateSymbolicLink(Link, Path.GetFullPath(target));

    private string Link => Path.Combine(_folder.FullName, "run");

    public string Of(string name) => Path.Combine(Link, name);

    private static DirectoryInfo Made()
    {
        try
        {
            return Directory.CreateTempSubdirectory("cairn-");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"no folder can be created in {Path.GetTempPath()}; set TMPDIR to a writable one", e);
        }
    }

    public void Dispose()
    {
        File.Delete(Link);
        _folder.Delete();
    }
}
