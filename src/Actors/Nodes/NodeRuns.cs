using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Nodes;

/// <summary>
/// The runs that a node has loaded. A run stays loaded while it is used, and then until another one is loaded: batches of one run tend to
/// follow one another, and a device may be too small for two models.
/// </summary>
/// <param name="load">Loads a run, on a thread that may wait: its id, its spec, and whether it starts over.</param>
/// <param name="isPatient">
/// Whether transient errors and fencing are retried: another node whose grant was withdrawn may not know that yet.
/// </param>
internal sealed class NodeRuns(Func<string, string, bool, INodeRun> load, bool isPatient) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Id, bool Fresh), Entry> _runs = [];

    public bool IsPatient => isPatient;

    /// <summary>A run, loaded at the first request. Return it by <see cref="Release"/>, also if it failed.</summary>
    public Task<INodeRun> TakeAsync(string id, string spec, bool fresh)
    {
        lock (_lock)
        {
            // A failed load is retried at the next request.
            if (!_runs.TryGetValue((id, fresh), out var entry) || entry is { Users: 0, Run.IsFaulted: true })
            {
                _runs.Remove((id, fresh));
                _runs.Add((id, fresh), entry = new Entry(LoadAsync(id, spec, fresh, Idle())));
            }

            entry.Users++;
            return entry.Run;
        }
    }

    public void Release(string id, bool fresh)
    {
        lock (_lock)
        {
            _runs[(id, fresh)].Users--;
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<Entry> all;
        lock (_lock)
        {
            all = [.. _runs.Values];
            _runs.Clear();
        }

        await DisposeAsync(all).ConfigureAwait(false);
    }

    private async Task<INodeRun> LoadAsync(string id, string spec, bool fresh, IReadOnlyList<Entry> idle)
    {
        await DisposeAsync(idle).ConfigureAwait(false);
        return await OwnThread.Run(() => load(id, spec, fresh)).ConfigureAwait(false);
    }

    private List<Entry> Idle()
    {
        var idle = _runs.Where(r => r.Value.Users == 0).ToList();
        idle.ForEach(r => _runs.Remove(r.Key));
        return [.. idle.Select(r => r.Value)];
    }

    private static async Task DisposeAsync(IReadOnlyList<Entry> entries)
    {
        foreach (var entry in entries.Where(e => e.Run.IsCompletedSuccessfully))
            await (await entry.Run.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
    }

    private sealed class Entry(Task<INodeRun> run)
    {
        public Task<INodeRun> Run { get; } = run;

        public int Users { get; set; }
    }
}

/// <summary>
/// Routes events of what a run's batches share on a node (its model, its child process) to the task that began last, or, if there is none,
/// to the node.
/// </summary>
internal sealed class RunEventRouter(IRunObserver node) : IRunObserver
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

/// <summary>A run as loaded in a process: its model is loaded once, for all of its work here.</summary>
internal interface INodeRun : IAsyncDisposable
{
    /// <summary>Receives events that concern no single batch.</summary>
    RunEventRouter Observer { get; }

    /// <summary>Creates the run's folder or checks the existing one.</summary>
    /// <exception cref="CairnException">The folder belongs to another run or spec.</exception>
    IReadOnlyList<BatchOnDisk> Open();

    /// <summary>What a batch is stepped with, and the actor that starts its ranks.</summary>
    (RunContext Run, Props Launcher) Attach();

    /// <summary>Ends a run whose batches have all ended: derives its outputs and releases its folder.</summary>
    void Close(ClosingGrant grant);
}
