namespace Cairn.ActorKernel.Actor;

/// <summary>An actor did what its state does not allow, such as stashing a message twice.</summary>
public sealed class IllegalActorStateException : AkkaException
{
    public IllegalActorStateException(string message) : base(message)
    {
    }
}
