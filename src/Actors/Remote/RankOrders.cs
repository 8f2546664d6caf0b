using System.Threading.Channels;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Remote;

/// <summary>Carries out what a process of ranks is told: the work in order, once the run is loaded; what ends it at once.</summary>
internal sealed class RankOrders
{
    private const int Broken = 70, ToldToStop = 75;
    private readonly Channel<WireMessage> _work = Channel.CreateUnbounded<WireMessage>(new() { SingleReader = true });
    private readonly LineToNode _line;
    private readonly WireMessage.Setup _setup;
    private readonly IRunObserver _observer;

    /// <param name="connection">The line to the node; the thread that listens to it hands over what comes.</param>
    /// <param name="setup">The run.</param>
    /// <param name="observer">Is told of what is odd.</param>
    public RankOrders(WireConnection connection, WireMessage.Setup setup, IRunObserver observer)
    {
        (_line, _setup, _observer) = (new LineToNode(connection), setup, observer);
        new Thread(Work) { IsBackground = true, Name = setup.OverMpi ? "rank" : "gangs" }.Start();
    }

    /// <summary>Takes a message.</summary>
    public void Take(WireMessage message)
    {
        if (_setup.OverMpi && message is WireMessage.Stop)
        {
            // The rank may be waiting for one that has ended, inside of MPI, for ever.
            OwnEnd.Now(ToldToStop);
        }

        _work.Writer.TryWrite(message);
    }

    private void Work()
    {
        try
        {
            if (_setup.OverMpi)
            {
                new MpiRank(_line, _setup, _observer, _work.Reader).Run();
            }
            else
            {
                new ChildGangs(_line, _setup, _observer).Run(_work.Reader);
            }
        }
        catch (Exception e)
        {
            // Nobody is left to carry out anything: the node notices that the process ends, and starts another.
            _observer.On(new RunWarning($"process {Environment.ProcessId} of ranks ends, since it failed itself: {e}"));
            OwnEnd.Now(Broken);
        }
    }
}
