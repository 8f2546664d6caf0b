namespace Cairn.ActorKernel.Actor;

/// <summary>An actor that was watched has stopped, and the watcher did not handle <see cref="Terminated"/>.</summary>
public sealed class DeathPactException : AkkaException
{
    public DeathPactException(IActorRef deadActor) : base($"Monitored actor [{deadActor}] terminated") => DeadActor = deadActor;

    public IActorRef DeadActor { get; }
}
