namespace Cairn.ActorKernel.Actor;

/// <summary>An actor's name is taken or malformed.</summary>
public sealed class InvalidActorNameException : AkkaException
{
    public InvalidActorNameException(string message) : base(message)
    {
    }
}
