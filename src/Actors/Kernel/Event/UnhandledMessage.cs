using Cairn.ActorKernel.Actor;

namespace Cairn.ActorKernel.Event;

/// <summary>A message that its receiver has no behaviour for.</summary>
public sealed class UnhandledMessage(object message, IActorRef sender, IActorRef recipient) : AllDeadLetters(message, sender, recipient);
