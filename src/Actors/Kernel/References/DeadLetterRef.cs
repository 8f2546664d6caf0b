using Cairn.ActorKernel.Actor;
using Cairn.ActorKernel.Event;
using Cairn.ActorKernel.Mailboxes;
using Cairn.ActorKernel.Timing;

namespace Cairn.ActorKernel.References;

/// <summary>The handle that publishes whatever it is told.</summary>
internal sealed class DeadLetterRef(LocalActorSystem system, ActorPath path) : ActorRefBase, ISystemReceiver
{
    public override ActorPath Path { get; } = path;

    public ActorSystem System => system;

    /// <summary>Publishes a message that did not reach its recipient.</summary>
    public void Publish(object message, IActorRef? sender, IActorRef recipient) => system.EventStream.Publish(message switch
    {
        TimerTick tick => new DeadLetter(tick.Message, sender ?? this, recipient),
        AllDeadLetters published => published,
        IDeadLetterSuppression unmissed => new SuppressedDeadLetter(unmissed, sender ?? this, recipient),
        _ => new DeadLetter(message, sender ?? this, recipient),
    });

    public void Send(SystemMessage signal) => signal.ComeTooLate();

    protected override void TellInternal(object message, IActorRef? sender)
    {
        ArgumentNullException.ThrowIfNull(message);
        Publish(message, sender, this);
    }
}
