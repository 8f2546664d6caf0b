using Cairn.ActorKernel.Actor;

namespace Cairn.ActorKernel.Event;

/// <summary>A message to an actor that has stopped, or to nobody.</summary>
public sealed class DeadLetter(object message, IActorRef sender, IActorRef recipient) : AllDeadLetters(message, sender, recipient);
