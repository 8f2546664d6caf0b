namespace Cairn.Storage.State;

/// <summary>A value cannot be stored without pickling it, or a stored payload is not what its description says.</summary>
public sealed class CheckpointSerializationException : DataException
{
    public CheckpointSerializationException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}

/// <summary>A saved state and the type that it is to be restored into differ; the message tells field by field how.</summary>
public sealed class CheckpointStateSchemaException : DataException
{
    public CheckpointStateSchemaException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}

/// <summary>One state type was bound twice in a session.</summary>
public sealed class CheckpointStateCollisionException : SpecException
{
    public CheckpointStateCollisionException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
