using Cairn.ActorKernel.Event;

namespace Cairn.ActorKernel.Actor;

/// <summary>A message that stops the actor when its turn in the queue comes; what was queued before it is handled.</summary>
public sealed class PoisonPill : IDeadLetterSuppression
{
    private PoisonPill()
    {
    }

    public static PoisonPill Instance { get; } = new();

    public override string ToString() => "<PoisonPill>";
}
