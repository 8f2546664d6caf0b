using System.Net.Sockets;
using Akka.Actor;
using Cairn.Actors;
using Cairn.Api.Local;
using Cairn.Engine.Rollouts;

namespace Cairn.Cli.Run;

/// <summary>
/// Lets <c>cairn pause|resume|checkpoint|cancel</c> reach a run in this process. Its socket exists from the run's opening, which
/// takes the lock, to its end.
/// </summary>
internal sealed class LocalControl(string folder, Action<string> say) : IRunObserver, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private LocalRun? _run;
    private RunSocket? _socket;

    /// <summary>Sets the run; called before it starts.</summary>
    public void Of(LocalRun run) => _run = run;

    public void On(RunEvent runEvent)
    {
        if (runEvent is not RunStarted || _run is not { } run || _socket is not null)
            return;

        try
        {
            _socket = RunSocket.Open(folder, run.Accepted, (message, cancel) => run.Registry.Ask<object>(message, Patience, cancel));
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            say($"warning: this run takes no commands while it runs, there is no socket in {folder}: {e.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket is not null)
            await _socket.DisposeAsync().ConfigureAwait(false);
    }
}
