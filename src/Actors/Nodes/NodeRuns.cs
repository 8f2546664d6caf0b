using Cairn.Actors.Members;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Nodes;

/// <summary>
/// The runs that a node has loaded, by their ids. A run stays loaded while anything of it is worked on here, and afterwards until another
/// one is loaded: batches of one run tend to follow one another, and two models may be more than a device holds.
/// </summary>
/// <param name="load">Loads a run, on a thread that may wait: its id, its spec, and whether it is begun anew.</param>
/// <param name="isPatient">
/// Whether what another process keeps from being done is tried again: another node whose grant is withdrawn may not know it yet.
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
            // One that could not be loaded is tried again at the next request.
            if (!_runs.TryGetValue((id, fresh), out var entry) || entry is { Users: 0, Run.IsFaulted: true })
            {
                _runs.Remove((id, fresh));
                _runs.Add((id, fresh), entry = new Entry(LoadAsync(id, spec, fresh, Idle())));
            }

            entry.Users++;
            return entry.Run;
        }
    }

    /// <summary>Something of the run is worked on no more.</summary>
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
        {
            await (await entry.Run.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }

    private sealed class Entry(Task<INodeRun> run)
    {
        public Task<INodeRun> Run { get; } = run;

        public int Users { get; set; }
    }
}
