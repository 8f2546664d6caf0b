namespace Cairn.ActorKernel.Actor;

/// <summary>A handle to an actor. It stays valid, and equal to itself, after the actor has stopped or restarted.</summary>
public interface IActorRef : ICanTell, IEquatable<IActorRef>, IComparable<IActorRef>, IComparable
{
    ActorPath Path { get; }
}
