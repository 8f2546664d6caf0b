namespace Cairn.ActorKernel.Actor;

/// <summary>Messages that are put aside until the actor is ready for them. A restart brings them back to the front of the queue.</summary>
public interface IStash
{
    int Count { get; }

    bool IsEmpty { get; }

    bool NonEmpty { get; }

    /// <summary>Puts the message that is being handled aside.</summary>
    /// <exception cref="IllegalActorStateException">It is aside already.</exception>
    void Stash();

    /// <summary>Puts the oldest message back, before all that are queued.</summary>
    void Unstash();

    /// <summary>Puts all messages back, in order, before all that are queued.</summary>
    void UnstashAll();
}
