namespace Cairn.ActorKernel.Actor;

/// <summary>Decides by a function.</summary>
public sealed class LocalOnlyDecider(Func<Exception, Directive> decider) : IDecider
{
    public Directive Decide(Exception cause) => decider(cause);
}
