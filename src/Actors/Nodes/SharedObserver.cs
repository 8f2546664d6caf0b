using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Nodes;

/// <summary>
/// Observes what the batches of a run share on a node (its model, its child process): the batch that is being worked on receives the
/// event, the latest first. Events that come in between go to the node.
/// </summary>
/// <param name="node">Informs the node's user.</param>
internal sealed class SharedObserver(IRunObserver node) : IRunObserver
{
    private readonly Lock _lock = new();
    private readonly List<IRunObserver> _observers = [];

    public void Add(IRunObserver observer)
    {
        lock (_lock)
        {
            _observers.Add(observer);
        }
    }

    public void Remove(IRunObserver observer)
    {
        lock (_lock)
        {
            _observers.Remove(observer);
        }
    }

    public void On(RunEvent runEvent)
    {
        IRunObserver observer;
        lock (_lock)
        {
            observer = _observers.Count > 0 ? _observers[^1] : node;
        }

        observer.On(runEvent);
    }
}
