using System.Collections.Concurrent;

namespace Cairn.Engine.Tests.Rollouts;

/// <summary>Keeps what a run tells, and may act on it at once, on the run's own thread.</summary>
internal sealed class Recorder(Action<RunEvent>? act = null) : IRunObserver
{
    private readonly ConcurrentQueue<RunEvent> _events = new();

    public IReadOnlyList<RunEvent> Events => [.. _events];
    public IReadOnlyList<string> Warnings => [.. Of<RunWarning>().Select(w => w.Text)];
    public IEnumerable<T> Of<T>() where T : RunEvent => _events.OfType<T>();

    public void On(RunEvent runEvent)
    {
        _events.Enqueue(runEvent);
        act?.Invoke(runEvent);
    }
}
