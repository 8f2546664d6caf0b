using Cairn.ActorKernel.Cells;

namespace Cairn.ActorKernel.Actor;

/// <summary>An actor with one method for all messages; what it does not want it hands to <see cref="ActorBase.Unhandled"/>.</summary>
public abstract class UntypedActor : ActorBase
{
    protected static new IUntypedActorContext Context => CurrentCell.Required;

    protected sealed override bool Receive(object message)
    {
        OnReceive(message);
        return true;
    }

    protected abstract void OnReceive(object message);

    protected void Become(UntypedReceive receive) => Context.Become(receive);

    protected void BecomeStacked(UntypedReceive receive) => Context.BecomeStacked(receive);

    /// <summary>Runs asynchronous code in the actor: no other message is handled until it is done. Its exception is the
    /// actor's failure.</summary>
    protected void RunTask(Func<Task> action) => CurrentCell.Required.RunTask(action);

    /// <inheritdoc cref="RunTask(Func{Task})"/>
    protected void RunTask(Action action) => RunTask(() =>
    {
        action();
        return Task.CompletedTask;
    });
}
