using System.Net.Sockets;
using System.Runtime.InteropServices;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Remote;

/// <summary>
/// A process of ranks from its first moment to its end (<c>cairn rank</c>). It does what its node tells it through a socket, and does not
/// outlive that socket.
/// </summary>
public static class RankProcess
{
    private const int Left = 75;

    /// <summary>Becomes such a process, on the main thread. Does not return once the node has let it in.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="observer">Is told of what is odd, from several threads.</param>
    /// <exception cref="SpecException">No node started this process.</exception>
    /// <exception cref="TransientException">The node cannot be reached.</exception>
    public static void Run(Func<string, string?> environment, IRunObserver observer)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var place = RankEnvironment.Read(environment);
        OwnEnd.FollowParent(place.Parent);
        // Signals of a terminal or of a batch system reach the node too, and it decides: it may want another commit of its ranks first.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static signal => signal.Cancel = true);
        using var line = Connect(place);
        line.Send(new WireMessage.Hello(WireMessage.Version, place.Secret, Environment.ProcessId, Environment.MachineName));
        if (line.Receive() is WireMessage.Setup setup)
        {
            Obey(line, setup, observer);
        }
        else
        {
            observer.On(new RunWarning($"the node at {place.Node} did not let this process in: it has ended, or is another version"));
        }

        OwnEnd.Now(Left);
    }

    /// <summary>
    /// This thread does nothing but listen, so that whatever the others are stuck in, the process hears its node, and notices when that
    /// one is gone.
    /// </summary>
    private static void Obey(WireConnection line, WireMessage.Setup setup, IRunObserver observer)
    {
        var orders = new RankOrders(line, setup, observer);
        while (line.Receive() is { } message)
        {
            if (message is WireMessage.Bye)
            {
                OwnEnd.Now(0);
            }

            orders.Take(message);
        }
    }

    private static WireConnection Connect(RankEnvironment place)
    {
        var socket = new Socket(place.Node.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(place.Node);
            return new WireConnection(socket);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new TransientException(
                $"{Environment.MachineName} cannot reach its node at {place.Node}: {e.Message}. The node has ended, or it listens on an "
                + $"address of its own host only: set {RankEnvironment.AddressVariable} there to one that all hosts of the job reach.", e);
        }
    }
}
