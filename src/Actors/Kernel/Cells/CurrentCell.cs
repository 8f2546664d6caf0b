namespace Cairn.ActorKernel.Cells;

/// <summary>Which actor this thread is running. <c>Context</c> and the implicit sender of <c>Tell</c> have no other way to know.</summary>
internal static class CurrentCell
{
    [ThreadStatic]
    private static ActorCell? cell;

    public static ActorCell? Value
    {
        get => cell;
        set => cell = value;
    }

    /// <exception cref="NotSupportedException">No actor runs on this thread.</exception>
    public static ActorCell Required => cell ?? throw new NotSupportedException(
        "no actor runs on this thread, so there is no context; after an await in other code, use what was read before it.");
}
