namespace Cairn.Storage.Catalog;

/// <summary>The checkpoint of the current flow of control, so that a component deep inside a workflow can bind its state without being
/// handed a session.</summary>
/// <remarks>Follows <c>async</c> calls like any <see cref="AsyncLocal{T}"/>: set in a method, seen by what it calls. What a method that is
/// awaited sets is lost when it returns; so a session is found by the checkpoint as well that this flow made, wherever it was
/// opened.</remarks>
public static class CheckpointScope
{
    /// <summary>Checkpoints of this flow that are remembered; code that creates more no longer needs the older ones.</summary>
    private const int MostCheckpoints = 16;

    private static readonly AsyncLocal<Scope> Flow = new();
    private static readonly OpenSessions Everywhere = new();

    /// <summary>The session opened last and not yet disposed, of those opened in this flow of control, or of a checkpoint that this flow
    /// made; or null.</summary>
    public static CheckpointSession? Active => Here.Sessions.Where(session => session.IsOpen)
        .Concat(Here.Checkpoints
            .Select(c => c.TryGetTarget(out var checkpoint) ? checkpoint.OpenSession : null).OfType<CheckpointSession>())
        .MaxBy(session => session.EnteredAt);

    private static Scope Here => Flow.Value ?? Scope.Empty;

    /// <summary>Binds <paramref name="state"/> to the active session; without one, to the checkpoint created last in this flow, which
    /// restores it when it is opened; without either the state is merely wrapped, and not stored. If a session is open all the same, in a
    /// flow that this one can't see into, a warning on standard error says so.</summary>
    /// <exception cref="State.CheckpointSerializationException">A member of the state could not be stored and put back.</exception>
    public static BoundState<T> Bind<T>(T state) where T : class => Bind(new BoundState<T>(state));

    /// <summary>Binds what was bound before once more, and gives it back.</summary>
    /// <inheritdoc cref="Bind{T}(T)"/>
    public static BoundState<T> Bind<T>(BoundState<T> bound) where T : class
    {
        if (Active is { } session)
            return session.Bind(bound);

        // Says at once, not at the first commit, that the type is no state.
        _ = State.StateSchema.Of(bound.Value.GetType());
        if (Here.Current is not { } checkpoint)
        {
            Everywhere.WarnOfUnstored(bound.Value.GetType());
            return bound;
        }

        State.BoundMembers.Require(bound.Value, checkpoint.Options.TensorFactory);
        ((IBoundState)bound).Attach(checkpoint, null, loaded: false);
        return (BoundState<T>)checkpoint.Deferred.Add(bound, replaceable: false);
    }

    internal static void SetCurrent(Checkpoint checkpoint) => Flow.Value = Here with
    {
        Current = checkpoint,
        Checkpoints = [.. Here.Checkpoints.Where(c => c.TryGetTarget(out _)).TakeLast(MostCheckpoints - 1), new(checkpoint)],
    };

    /// <summary>Makes a session the active one. Returns its place in the order of all.</summary>
    internal static long Push(CheckpointSession session)
    {
        Flow.Value = Here with { Sessions = [.. Here.Sessions.Where(s => s.IsOpen), session] };
        return Everywhere.Add(session);
    }

    internal static void Pop(CheckpointSession session)
    {
        var at = Array.FindLastIndex(Here.Sessions, s => ReferenceEquals(s, session));
        if (at >= 0)
            Flow.Value = Here with { Sessions = [.. Here.Sessions[..at], .. Here.Sessions[(at + 1)..]] };
    }

    private sealed record Scope(Checkpoint? Current, CheckpointSession[] Sessions, WeakReference<Checkpoint>[] Checkpoints)
    {
        public static readonly Scope Empty = new(null, [], []);
    }
}

/// <summary>All open sessions of this process, opened by any flow of control, so that a flow that finds none can be told about
/// them.</summary>
internal sealed class OpenSessions
{
    private readonly Lock _lock = new();
    private readonly HashSet<Type> _warned = [];
    private List<WeakReference<CheckpointSession>> _sessions = [];
    private long _count;

    /// <summary>Adds one that is being entered. Returns its number in the order of entering.</summary>
    public long Add(CheckpointSession session)
    {
        lock (_lock)
        {
            _sessions = [.. _sessions.Where(s => s.TryGetTarget(out var known) && known.IsOpen && known != session), new(session)];
            return ++_count;
        }
    }

    /// <summary>Says, once for each type, that a state was bound to nothing though a session is open.</summary>
    public void WarnOfUnstored(Type state)
    {
        CheckpointSession? open;
        lock (_lock)
        {
            open = _sessions.Select(s => s.TryGetTarget(out var session) && session.IsOpen ? session : null)
                .LastOrDefault(s => s is not null);
            if (open is null || !_warned.Add(state))
                return;
        }

        CheckpointWarning.ToStandardError(new CheckpointWarning(
            open.Checkpoint.RankPath,
            $"{state} was bound where no session is visible, while {open} of the checkpoint {open.Checkpoint.Name} is open: "
            + "it was opened in another flow of control (a method that was awaited, or another thread).",
            "The state is not stored. Bind it with session.Bind, or call session.Enter() where components are created."));
    }
}
