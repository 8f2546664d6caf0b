using Cairn.Actors.Members;
using Cairn.Storage.Ledger;

namespace Cairn.Actors.Leases;

/// <summary>
/// The runs that a node has loaded, by their ids. A run stays loaded while any of its batches is worked on here, and afterwards until
/// another one is loaded: batches of one run tend to follow one another, and two models may be more than a device holds.
/// </summary>
/// <param name="load">Loads a run, on a thread that may wait.</param>
internal sealed class LoadedRuns(Func<ClaimedBatch, LoadedRun> load) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _runs = new(StringComparer.Ordinal);

    /// <summary>The run of a batch, loaded by whoever asks first. Give it back by <see cref="Release"/>, also if it failed.</summary>
    public Task<LoadedRun> TakeAsync(ClaimedBatch claimed)
    {
        lock (_lock)
        {
            var runId = claimed.Lease.Batch.RunId;
            // One that could not be loaded is tried anew by the next who asks.
            if (!_runs.TryGetValue(runId, out var entry) || entry is { Users: 0, Run.IsFaulted: true })
            {
                _runs.Remove(runId);
                _runs.Add(runId, entry = new Entry(LoadAsync(claimed, Idle())));
            }

            entry.Users++;
            return entry.Run;
        }
    }

    /// <summary>A batch is worked on no more.</summary>
    public void Release(string runId)
    {
        lock (_lock)
        {
            _runs[runId].Users--;
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

    private async Task<LoadedRun> LoadAsync(ClaimedBatch claimed, IReadOnlyList<Entry> idle)
    {
        await DisposeAsync(idle).ConfigureAwait(false);
        return await DiskWork.Run(() => load(claimed)).ConfigureAwait(false);
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

    private sealed class Entry(Task<LoadedRun> run)
    {
        public Task<LoadedRun> Run { get; } = run;

        public int Users { get; set; }
    }
}
