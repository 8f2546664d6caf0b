using Cairn.Storage.Arrays;
using Cairn.Storage.State;

namespace Cairn.Storage.Catalog;

/// <summary>
/// What verifying a commit has read, kept for the states that will be bound, so that a restore reads each file once. Holds only what
/// agreed with the manifest's digests, and hands each array out once: from then on it belongs to the state.
/// </summary>
/// <param name="limitBytes">
/// The most bytes of arrays to keep. A whole session is verified before anything of it is bound, and nobody knows then which states
/// will be: what finds no room, or never an owner, is read again from disk and checked again when it is wanted.
/// </param>
internal sealed class VerifiedCommit(long limitBytes)
{
    private readonly Dictionary<string, StatePayload> _states = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NdArray> _arrays = new(StringComparer.Ordinal);
    private long _room = limitBytes;

    /// <summary>How many arrays are waiting.</summary>
    public int Waiting => _arrays.Count;

    /// <summary>Whether an array of <paramref name="bytes"/> bytes would be kept.</summary>
    public bool HasRoom(long bytes) => bytes <= _room;

    public void Keep(StatePayload state) => _states[state.StateId] = state;

    /// <summary>Keeps an array that has been held against its digest.</summary>
    /// <param name="path">Its file, relative to the commit's directory.</param>
    /// <param name="array">The array, in nobody else's hands.</param>
    public void Keep(string path, NdArray array)
    {
        if (_arrays.TryAdd(path, array))
        {
            _room -= array.Data.Length;
        }
    }

    public StatePayload? State(string stateId) => _states.GetValueOrDefault(stateId);

    /// <summary>Hands an array over for good; null when it was not kept, or has been taken.</summary>
    public NdArray? Take(string path) => _arrays.Remove(path, out var array) ? array : null;

    /// <summary>Lets go of what nobody took.</summary>
    public void Release()
    {
        _states.Clear();
        _arrays.Clear();
        _room = 0;
    }
}
