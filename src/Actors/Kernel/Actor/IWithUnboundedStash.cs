namespace Cairn.ActorKernel.Actor;

/// <summary>An actor with a stash that holds as much as there is memory.</summary>
public interface IWithUnboundedStash : IActorStash;
