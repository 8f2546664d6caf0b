namespace Cairn.ActorKernel.Actor;

/// <summary>An actor could not be made: its constructor or <c>PreStart</c> threw. Supervisors stop such an actor by default.</summary>
public class ActorInitializationException : AkkaException
{
    public ActorInitializationException(string message) : base(message)
    {
    }

    public ActorInitializationException(IActorRef? actor, string message, Exception? cause = null) : base(message, cause) => Actor = actor;

    public IActorRef? Actor { get; }

    public override string ToString() => Actor is null ? base.ToString() : $"{Actor}: {base.ToString()}";
}
