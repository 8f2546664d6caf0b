namespace Cairn.ActorKernel.Actor;

/// <summary>Chooses what to do about a child's exception.</summary>
public interface IDecider
{
    Directive Decide(Exception cause);
}
