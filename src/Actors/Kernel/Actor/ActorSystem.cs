using Cairn.ActorKernel.Event;
using Cairn.ActorKernel.References;

namespace Cairn.ActorKernel.Actor;

/// <summary>A tree of actors in this process, with its clock and its event stream.</summary>
public abstract class ActorSystem : IActorRefFactory, IDisposable
{
    private protected ActorSystem()
    {
    }

    public abstract string Name { get; }

    public abstract IScheduler Scheduler { get; }

    public abstract EventStream EventStream { get; }

    /// <summary>Where messages go that nobody can take; each is published as <see cref="DeadLetter"/>.</summary>
    public abstract IActorRef DeadLetters { get; }

    public abstract ILoggingAdapter Log { get; }

    /// <summary>Completes when every actor has stopped.</summary>
    public abstract Task WhenTerminated { get; }

    /// <param name="name">Letters, digits and hyphens, the first no hyphen.</param>
    /// <exception cref="ArgumentException">The name is malformed.</exception>
    public static ActorSystem Create(string name) => Create(name, TimeProvider.System);

    /// <summary>A system on a clock of one's own; Akka.NET has no such overload, so it is not public.</summary>
    internal static ActorSystem Create(string name, TimeProvider clock) => new LocalActorSystem(name, clock);

    public abstract IActorRef ActorOf(Props props, string? name = null);

    /// <summary>Stops an actor after the message that it is handling.</summary>
    public abstract void Stop(IActorRef actor);

    /// <summary>Stops every actor, from the leaves up. Gives <see cref="WhenTerminated"/>.</summary>
    public abstract Task Terminate();

    /// <summary>Runs code once every actor has stopped.</summary>
    /// <exception cref="InvalidOperationException">They have.</exception>
    public abstract void RegisterOnTermination(Action code);

    /// <summary>Begins to terminate, and does not wait.</summary>
    public void Dispose()
    {
        Terminate();
        GC.SuppressFinalize(this);
    }
}
