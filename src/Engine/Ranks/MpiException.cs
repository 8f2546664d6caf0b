namespace Cairn.Engine.Ranks;

/// <summary>
/// MPI reported an error, with its own text. Exchanges of the rank after that are undefined: its process must end, and a restarted gang
/// may succeed.
/// </summary>
public sealed class MpiException : TransientException
{
    public MpiException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
