namespace Cairn.ActorKernel.Actor;

/// <summary>What can create actors: a system (below <c>/user</c>) or an actor (its children).</summary>
public interface IActorRefFactory
{
    /// <summary>Creates an actor. Its constructor and <c>PreStart</c> run later, in its own first turn.</summary>
    /// <param name="props">What to create.</param>
    /// <param name="name">A name among its siblings, or null for one that the system makes up.</param>
    /// <exception cref="InvalidActorNameException">The name is taken, by an actor that may be stopping, or malformed.</exception>
    /// <exception cref="InvalidOperationException">The parent is stopping or has stopped.</exception>
    IActorRef ActorOf(Props props, string? name = null);
}
