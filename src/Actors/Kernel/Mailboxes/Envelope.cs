using Cairn.ActorKernel.Actor;

namespace Cairn.ActorKernel.Mailboxes;

/// <summary>A message in a queue, with who sent it.</summary>
internal sealed class Envelope(object message, IActorRef? sender) : Link
{
    public object Message { get; } = message;

    public IActorRef? Sender { get; } = sender;
}
