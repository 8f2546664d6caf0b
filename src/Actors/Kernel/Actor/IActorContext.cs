namespace Cairn.ActorKernel.Actor;

/// <summary>What an actor can see and do of its own place. Valid in its own turns only, never from other threads.</summary>
public interface IActorContext : IActorRefFactory, ICanWatch
{
    IActorRef Self { get; }

    /// <summary>Who sent the message that is being handled; <see cref="ActorSystem.DeadLetters"/> if nobody said.</summary>
    IActorRef Sender { get; }

    IActorRef Parent { get; }

    Props Props { get; }

    ActorSystem System { get; }

    /// <summary>After how long without a message the actor is told <see cref="Actor.ReceiveTimeout"/>, or null.</summary>
    TimeSpan? ReceiveTimeout { get; }

    /// <summary>Replaces the behaviour on top of the stack. The first one stays at the bottom in any case.</summary>
    void Become(Receive receive);

    /// <summary>Puts a behaviour on top of the stack.</summary>
    void BecomeStacked(Receive receive);

    /// <summary>Goes back to the behaviour below, if there is one.</summary>
    void UnbecomeStacked();

    /// <summary>The child of that name, or <see cref="ActorRefs.Nobody"/>.</summary>
    IActorRef Child(string name);

    IEnumerable<IActorRef> GetChildren();

    void SetReceiveTimeout(TimeSpan? timeout);

    /// <summary>Stops a child, or this actor, after the message that it is handling. Its queued messages become dead letters.</summary>
    void Stop(IActorRef child);
}
