using Cairn.ActorKernel.Actor;
using Cairn.ActorKernel.Event;
using Cairn.ActorKernel.Mailboxes;

namespace Cairn.ActorKernel.Cells;

/// <content>The beginning and the end.</content>
internal sealed partial class ActorCell
{
    /// <exception cref="ActorInitializationException">The constructor or <c>PreStart</c> threw.</exception>
    public void Create()
    {
        try
        {
            _actor = NewInstance();
            _actor.StartInternal();
            KeepReceiveTimeout(isHeard: true);
        }
        catch (Exception cause)
        {
            Discard(_actor);
            _actor = null;
            throw new ActorInitializationException(_self, "Exception during creation", cause);
        }
    }

    public void Terminate()
    {
        StopReceiveTimeout();
        UnwatchAll();
        var children = Children.BeginTermination();
        if (children.Count == 0)
        {
            FinishTerminate();
            return;
        }

        // Failures from here on concern nobody: the actor ends whatever happens.
        Suspend();
        _failed = _self;
        children.ForEach(c => c.Child.Send(new StopActor()));
    }

    private ActorBase NewInstance()
    {
        _behaviors.Clear();
        var actor = Props.NewActor();
        if (Props.SupervisorStrategy is { } strategy)
        {
            actor.Supervision = strategy;
        }

        if (actor is IActorStash { Stash: null } stashing)
        {
            stashing.Stash = new MessageStash(this);
        }

        (actor as ReceiveActor)?.CloseConstruction();
        return actor;
    }

    private void FinishTerminate()
    {
        var actor = _actor;
        try
        {
            actor?.StoppedInternal();
        }
        catch (Exception cause)
        {
            Publish(new Error(cause, _self.Path.ToString(), Props.Type, cause.Message));
        }

        (actor as IActorStash)?.Stash?.UnstashAll();
        _system.EventStream.Unsubscribe(_self);
        Close();
        _parent.Send(new WatchedStopped(_self, true));
        TellWatchers();
        UnwatchAll();
        Discard(actor);
        _actor = null;
    }

    /// <summary>From here on the handle leads nowhere: what is queued, or comes later, is a dead letter.</summary>
    private void Close()
    {
        _isTerminated = true;
        foreach (var left in _messages.Close())
        {
            var envelope = (Envelope)left;
            _system.DeadLetterOffice.Publish(envelope.Message, envelope.Sender, _self);
        }

        foreach (var left in _signals.Close())
        {
            ((SystemMessage)left).ComeTooLate();
        }

        _waiting = null;
    }

    /// <summary>Lets an instance go.</summary>
    private void Discard(ActorBase? actor)
    {
        try
        {
            (actor as IDisposable)?.Dispose();
        }
        catch (Exception cause)
        {
            Publish(new Error(cause, _self.Path.ToString(), Props.Type, $"Dispose of a discarded instance failed: {cause.Message}"));
        }

        CurrentMessage = null;
        _envelope = null;
        _behaviors.Clear();
    }

    private void Publish(LogEvent what) => _system.EventStream.Publish(what);
}
