namespace Cairn.ActorKernel.Actor;

/// <summary>No answer came in time.</summary>
public sealed class AskTimeoutException : AkkaException
{
    public AskTimeoutException(string message) : base(message)
    {
    }
}
