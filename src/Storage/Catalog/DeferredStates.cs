namespace Cairn.Storage.Catalog;

/// <summary>A state bound before its session was opened, or kept from one that ended.</summary>
internal sealed record DeferredState(IBoundState State, bool Replaceable);

/// <summary>The states that a checkpoint's next session adopts when it is opened.</summary>
internal sealed class DeferredStates
{
    private readonly Lock _lock = new();
    private readonly List<DeferredState> _states = [];

    /// <summary>
    /// Keeps a state; one kept from an ended session gives way to a new object of its type. Returns what is kept for the object.
    /// </summary>
    public IBoundState Add(IBoundState state, bool replaceable)
    {
        lock (_lock)
        {
            if (_states.Find(d => ReferenceEquals(d.State.State, state.State)) is { } same)
            {
                return same.State;
            }

            _ = _states.RemoveAll(d => d.Replaceable && d.State.State.GetType() == state.State.GetType());
            _states.Add(new DeferredState(state, replaceable));
            return state;
        }
    }

    /// <summary>The types of states that no session has had yet.</summary>
    public IReadOnlyList<string> Waiting
    {
        get
        {
            lock (_lock)
            {
                return [.. _states.Where(d => !d.Replaceable).Select(d => d.State.State.GetType().ToString())];
            }
        }
    }

    /// <summary>Hands all of them over.</summary>
    public IReadOnlyList<DeferredState> Take()
    {
        lock (_lock)
        {
            List<DeferredState> taken = [.. _states];
            _states.Clear();
            return taken;
        }
    }
}
