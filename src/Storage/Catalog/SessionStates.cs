using Cairn.Storage.Sessions;

namespace Cairn.Storage.Catalog;

/// <summary>The states that are bound to a session, and how they are restored from its row.</summary>
internal sealed class SessionStates(CheckpointSession session, SessionReader? source)
{
    private readonly Checkpoint _checkpoint = session.Checkpoint;
    private readonly Dictionary<string, IBoundState> _bound = [];
    private readonly HashSet<string> _replaceable = [];
    private bool _warned;

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<IBoundState> All => _bound.Values;

    /// <summary>Binds a state, and restores it if the row holds it; gives back what is bound for the same object.</summary>
    public IBoundState Bind(IBoundState bound)
    {
        var schema = StateSchema.Of(bound.State.GetType());
        if (!_checkpoint.Enabled)
            return bound;

        BoundMembers.Require(bound.State, _checkpoint.Options.TensorFactory);
        if (_bound.TryGetValue(schema.StateId, out var existing))
        {
            if (ReferenceEquals(existing.State, bound.State))
                return existing;

            if (!_replaceable.Remove(schema.StateId))
                throw new CheckpointStateCollisionException(
                    $"The state {schema.StateId} is bound twice in this session: keep one object, "
                    + "or give one class another [CheckpointState(Id)].");
        }

        bound.Attach(_checkpoint, session, Restore(schema.StateId, bound.State));
        _bound[schema.StateId] = bound;
        return bound;
    }

    private bool Restore(string stateId, object state)
    {
        if (session.Current is not { } manifest || _checkpoint.Options.Level == 0)
            return false;

        var from = ReferenceEquals(source?.Manifest, manifest) ? source! : _checkpoint.SourceOf(manifest);
        if (!from.Holds(stateId))
            return false;

        var decoder = new PayloadDecoder(
            stored => from.Array(stateId, stored),
            _checkpoint.Options.TensorFactory,
            (field, key, wanted) => from.Slice(new ShardName(stateId, field, key), wanted));
        decoder.Restore(state, from.State(stateId));
        return true;
    }

    /// <summary>Takes over what was bound before the session was opened.</summary>
    public void Adopt()
    {
        var adopted = _checkpoint.Deferred.Take();
        if (session.Exists && adopted.Any(d => !d.Replaceable))
            _checkpoint.Warn(new CheckpointWarning(
                _checkpoint.RankPath,
                "State was bound before an existing session was opened, and is restored late: values that its owner derived from it are "
                + "not recomputed.",
                "Create objects with restored state after opening the session."));

        foreach (var deferred in adopted)
        {
            _ = Bind(deferred.State);
            if (deferred.Replaceable)
                _replaceable.Add(StateSchema.Of(deferred.State.State.GetType()).StateId);
        }
    }

    /// <summary>The session has ended: its checkpoint's next one adopts them.</summary>
    public void Unbind()
    {
        foreach (var state in _bound.Values)
        {
            state.Attach(_checkpoint, null, loaded: false);
            _ = _checkpoint.Deferred.Add(state, replaceable: true);
        }
    }

    /// <summary>Warns of state bound while this session was selected but not entered: it would never be stored.</summary>
    public void WarnOfUnstoredStates()
    {
        if (!session.IsOpen && !_warned && _checkpoint.Deferred.Waiting is { Count: > 0 } waiting)
        {
            _warned = true;
            _checkpoint.Warn(new CheckpointWarning(
                _checkpoint.RankPath,
                $"{string.Join(", ", waiting)} was bound while no session of this checkpoint was open: "
                + "this one was selected and not entered.",
                "It is not stored. Call Enter() on the result of Select before components are created."));
        }
    }
}

/// <summary>A state bound before its session was opened, or kept from one that ended.</summary>
internal sealed record DeferredState(IBoundState State, bool Replaceable);

/// <summary>The states that a checkpoint's next session adopts when it is opened.</summary>
internal sealed class DeferredStates
{
    private readonly Lock _lock = new();
    private readonly List<DeferredState> _states = [];

    /// <summary>Keeps a state; one kept from an ended session gives way to a new object of its type. Returns what is kept for the
    /// object.</summary>
    public IBoundState Add(IBoundState state, bool replaceable)
    {
        lock (_lock)
        {
            if (_states.Find(d => ReferenceEquals(d.State.State, state.State)) is { } same)
                return same.State;

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
