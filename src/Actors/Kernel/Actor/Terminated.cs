using Cairn.ActorKernel.Event;

namespace Cairn.ActorKernel.Actor;

/// <summary>An actor that the receiver watches has stopped: it will never handle a message again, under this handle.</summary>
public sealed class Terminated : IDeadLetterSuppression
{
    internal Terminated(IActorRef actorRef, bool existenceConfirmed)
    {
        ActorRef = actorRef;
        ExistenceConfirmed = existenceConfirmed;
    }

    public IActorRef ActorRef { get; }

    /// <summary>False if the actor had stopped before it was watched.</summary>
    public bool ExistenceConfirmed { get; }

    public override string ToString() => $"<Terminated>: {ActorRef} - ExistenceConfirmed={ExistenceConfirmed}";
}
