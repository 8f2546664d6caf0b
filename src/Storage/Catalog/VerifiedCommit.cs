using Cairn.Storage.Sessions;

namespace Cairn.Storage.Catalog;

/// <summary>The data read while verifying a commit, kept for the states that will be bound, so that a restore reads each file once. Holds
/// only data that matched the manifest's digests, and returns each array once: from then on it belongs to the state.</summary>
/// <param name="limitBytes">The most bytes of arrays to keep. A whole session is verified before any of it is bound, when it is unknown
/// which states will be bound: arrays that do not fit, or are never bound, are read and checked again when needed.</param>
internal sealed class VerifiedCommit(long limitBytes)
{
    private readonly Dictionary<string, StatePayload> _states = [];
    private readonly Dictionary<string, NdArray> _arrays = [];
    private long _room = limitBytes;

    /// <summary>How many arrays are waiting.</summary>
    public int Waiting => _arrays.Count;

    /// <summary>Whether an array of <paramref name="bytes"/> bytes would be kept.</summary>
    public bool HasRoom(long bytes) => bytes <= _room;
    public void Keep(StatePayload state) => _states[state.StateId] = state;

    /// <summary>Keeps an array that matched its digest.</summary>
    public void Keep(string path, NdArray array)
    {
        if (_arrays.TryAdd(path, array))
            _room -= array.Data.Length;
    }

    public StatePayload? State(string stateId) => _states.GetValueOrDefault(stateId);

    /// <summary>Gives up an array to the caller; null when it was not kept, or has been taken.</summary>
    public NdArray? Take(string path) => _arrays.Remove(path, out var array) ? array : null;

    /// <summary>Releases arrays that were not taken.</summary>
    public void Release()
    {
        _states.Clear();
        _arrays.Clear();
        _room = 0;
    }
}

/// <summary>A commit of which every byte holds, with what was kept of reading it.</summary>
internal sealed record RestorableCommit(Manifest Manifest, VerifiedCommit Kept)
{
    /// <exception cref="DataException">Something does not hold; then nothing of the commit is kept.</exception>
    public static RestorableCommit Verify(IDurableFiles files, Manifest manifest, CheckpointOptions options)
    {
        var kept = new VerifiedCommit(options.Level == 0 ? 0 : options.ReadAheadBytes);
        new CommitVerification(files, manifest, kept).Run();
        return new RestorableCommit(manifest, kept);
    }

    public SessionReader Source(IDurableFiles files) => SessionReader.Of(files, Manifest, Kept);
}
