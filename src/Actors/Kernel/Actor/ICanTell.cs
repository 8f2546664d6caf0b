namespace Cairn.ActorKernel.Actor;

/// <summary>Something that takes messages.</summary>
public interface ICanTell
{
    /// <summary>Sends and does not wait. Messages of one sender to one receiver arrive in the order in which they were sent.</summary>
    /// <param name="message">Anything but null; it must not be changed afterwards.</param>
    /// <param name="sender">Who answers go to, or null for nobody.</param>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    void Tell(object message, IActorRef? sender);
}
