using Cairn.ActorKernel.Actor;

namespace Cairn.ActorKernel.Event;

/// <summary>A message that was not delivered, and that nobody misses.</summary>
public sealed class SuppressedDeadLetter(IDeadLetterSuppression message, IActorRef sender, IActorRef recipient)
    : AllDeadLetters(message, sender, recipient);
