using Cairn.ActorKernel.Cells;
using Cairn.ActorKernel.Event;
using Cairn.ActorKernel.Timing;

namespace Cairn.ActorKernel.Actor;

/// <summary>
/// The base of all actors: an object that handles one message at a time, in its own turns. Only a system or another actor may
/// create it (<see cref="IActorRefFactory.ActorOf"/>); an exception that it throws goes to its parent, which decides.
/// </summary>
public abstract class ActorBase
{
    protected ActorBase()
    {
        var cell = CurrentCell.Value ?? throw new ActorInitializationException(
            $"{GetType()} was created with 'new'; create actors with ActorOf of a system or of an actor's context.");
        if (this is IWithTimers timed)
        {
            timed.Timers = new TimerScheduler(cell);
        }

        cell.Become(Receive);
    }

    /// <exception cref="NotSupportedException">No actor runs on this thread.</exception>
    protected static IActorContext Context => CurrentCell.Required;

    protected static Receive EmptyReceive => _ => false;

    protected IActorRef Self => Context.Self;

    protected IActorRef Sender => Context.Sender;

    internal SupervisorStrategy Supervision
    {
        get => field ??= SupervisorStrategy();
        set;
    }

    internal bool ReceiveInternal(object message) => Receive(message);

    internal void UnhandledInternal(object message) => Unhandled(message);

    internal void StartInternal() => PreStart();

    internal void RestartedInternal(Exception reason) => PostRestart(reason);

    internal void StoppedInternal()
    {
        CancelTimers();
        PostStop();
    }

    internal void RestartingInternal(Exception reason, object? message)
    {
        CancelTimers();
        PreRestart(reason, message);
    }

    protected abstract bool Receive(object message);

    /// <summary>Before the first message of a new actor.</summary>
    protected virtual void PreStart()
    {
    }

    /// <summary>After the last message: the actor has stopped, and so have its children.</summary>
    protected virtual void PostStop()
    {
    }

    /// <summary>On the failed instance, before it is replaced. Stops the children and calls <see cref="PostStop"/>
    /// unless overridden.</summary>
    /// <param name="reason">What went wrong.</param>
    /// <param name="message">The message that was being handled, or null.</param>
    protected virtual void PreRestart(Exception reason, object? message)
    {
        foreach (var child in Context.GetChildren().ToList())
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }

        PostStop();
    }

    /// <summary>On the new instance, after a restart. Calls <see cref="PreStart"/> unless overridden.</summary>
    protected virtual void PostRestart(Exception reason) => PreStart();

    /// <summary>What to do about failing children; asked for once per instance, when the first one fails.</summary>
    protected virtual SupervisorStrategy SupervisorStrategy() => Actor.SupervisorStrategy.DefaultStrategy;

    /// <summary>A message that no behaviour took: published as <see cref="UnhandledMessage"/>.</summary>
    /// <exception cref="DeathPactException">It is a <see cref="Terminated"/>: who watches must say what to do then.</exception>
    protected virtual void Unhandled(object message)
    {
        if (message is Terminated stopped)
        {
            throw new DeathPactException(stopped.ActorRef);
        }

        Context.System.EventStream.Publish(new UnhandledMessage(message, Sender, Self));
    }

    protected void Become(Receive receive) => Context.Become(receive);

    protected void BecomeStacked(Receive receive) => Context.BecomeStacked(receive);

    protected void UnbecomeStacked() => Context.UnbecomeStacked();

    protected void SetReceiveTimeout(TimeSpan? timeout) => Context.SetReceiveTimeout(timeout);

    private void CancelTimers() => (this as IWithTimers)?.Timers?.CancelAll();
}
