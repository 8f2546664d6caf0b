namespace Cairn.Engine.Ranks;

/// <summary>Another rank of the gang failed or left, so this one stopped waiting for it. A restarted gang may succeed.</summary>
public sealed class GangAbortedException : TransientException
{
    public GangAbortedException(string message, Exception? inner = null) : base(message, inner)
    {
    }

    /// <summary>The rank that stopped waiting.</summary>
    public int Rank { get; init; }
}
