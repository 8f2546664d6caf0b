namespace Cairn.Engine.Ranks;

/// <summary>
/// MPI reported an error, in its own words. What a rank exchanges after that is undefined: its process has to end, and a gang started
/// anew may succeed.
/// </summary>
public sealed class MpiException : TransientException
{
    public MpiException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
