namespace Cairn.ActorKernel.Actor;

/// <summary>Being told when another actor has stopped.</summary>
public interface ICanWatch
{
    /// <summary>Asks for one <see cref="Terminated"/> once the subject has stopped, at once if it already has.
    /// A restart is no stop.</summary>
    IActorRef Watch(IActorRef subject);

    /// <summary>As <see cref="Watch"/>, with a message of one's own in place of <see cref="Terminated"/>.</summary>
    IActorRef WatchWith(IActorRef subject, object message);

    /// <summary>Takes a watch back: after this, no <see cref="Terminated"/> of the subject is received, even if it is
    /// already queued.</summary>
    IActorRef Unwatch(IActorRef subject);
}
