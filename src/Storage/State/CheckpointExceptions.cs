namespace Cairn.Storage.State;

/// <summary>The base of what a state, or what is recorded with it, can be refused for when it is bound, stored or restored. What a disk, a
/// writer that took over or a wrong setting does to a checkpoint are <see cref="CairnException"/>s of other kinds.</summary>
public abstract class CheckpointException : DataException
{
    private protected CheckpointException(string message, Exception? inner = null) : base(message, inner) { }
}

/// <summary>A value cannot be stored without pickling it, or a stored payload is not what its description says.</summary>
public sealed class CheckpointSerializationException(string message, Exception? inner = null) : CheckpointException(message, inner)
{
}

/// <summary>A saved state and the type that it is to be restored into differ; the message tells field by field how.</summary>
public sealed class CheckpointStateSchemaException(string message, Exception? inner = null) : CheckpointException(message, inner)
{
}

/// <summary>One state type was bound twice in a session.</summary>
public sealed class CheckpointStateCollisionException(string message, Exception? inner = null) : CheckpointException(message, inner)
{
}
