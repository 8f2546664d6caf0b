namespace Cairn.Storage.Catalog;

/// <summary>
/// The checkpoint of the current flow of control, so that a component deep inside a workflow can bind its state without being handed a
/// session.
/// </summary>
/// <remarks>Follows <c>async</c> calls like any <see cref="AsyncLocal{T}"/>: set in a method, seen by what it calls.</remarks>
public static class CheckpointScope
{
    private static readonly AsyncLocal<Scope> Flow = new();

    /// <summary>The session opened last in this flow of control and not yet disposed, or null.</summary>
    public static CheckpointSession? Active => Array.FindLast(Here.Sessions, session => session.IsOpen);

    private static Scope Here => Flow.Value ?? Scope.Empty;

    /// <summary>
    /// Binds <paramref name="state"/> to the active session; without one, to the checkpoint created last in this flow, which restores it
    /// when it is opened; without either the state is merely wrapped, and not stored.
    /// </summary>
    public static BoundState<T> Bind<T>(T state) where T : class
    {
        if (Active is { } session)
        {
            return session.Bind(state);
        }

        // Says at once, not at the first commit, that the type is no state.
        _ = State.StateSchema.Of(state.GetType());
        var bound = new BoundState<T>(state);
        if (Here.Current is not { } checkpoint)
        {
            return bound;
        }

        ((IBoundState)bound).Attach(checkpoint, null, loaded: false);
        return (BoundState<T>)checkpoint.Deferred.Add(bound, replaceable: false);
    }

    internal static void SetCurrent(Checkpoint checkpoint) => Flow.Value = Here with { Current = checkpoint };

    internal static void Push(CheckpointSession session) => 
        Flow.Value = Here with { Sessions = [.. Here.Sessions.Where(s => s.IsOpen), session] };

    internal static void Pop(CheckpointSession session)
    {
        var at = Array.FindLastIndex(Here.Sessions, s => ReferenceEquals(s, session));
        if (at >= 0)
        {
            Flow.Value = Here with { Sessions = [.. Here.Sessions[..at], .. Here.Sessions[(at + 1)..]] };
        }
    }

    private sealed record Scope(Checkpoint? Current, CheckpointSession[] Sessions)
    {
        public static readonly Scope Empty = new(null, []);
    }
}
