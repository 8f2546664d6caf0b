using Cairn.ActorKernel.Actor;
using Cairn.ActorKernel.Event;

namespace Cairn.ActorKernel.Cells;

/// <content>Failing, and what the parent makes of it.</content>
internal sealed partial class ActorCell
{
    // Who failed: this actor, or the child whose failure it could not handle. Null while all is well.
    private IActorRef? _failed;
    private Exception? _restartCause;
    private ChildFailed? _deciding;

    /// <summary>A child's failure: the instance's strategy decides; if it escalates or fails, this actor fails.</summary>
    public void Decide(ChildFailed failure)
    {
        Sender = failure.Child;
        if (Children.Find((IActorRef)failure.Child) is not { } child)
        {
            Publish(new Debug(_self.Path.ToString(), Props.Type, $"dropping a failure of {failure.Child}, which is gone: {failure.Cause}"));
            return;
        }

        _deciding = failure;
        try
        {
            if (!_actor!.Supervision.Handle(this, child, failure.Cause))
            {
                Fail(failure.Cause);
            }
        }
        catch (Exception cause)
        {
            Fail(cause);
        }
        finally
        {
            _deciding = null;
        }
    }

    public void SuspendTree()
    {
        Suspend();
        SuspendChildren(except: null);
    }

    public void ResumeTree(Exception? cause)
    {
        if (_actor is null)
        {
            // There is no instance to go on with, so going on means making one.
            CreateAgain();
            return;
        }

        var failed = _failed;
        Resume();
        if (cause is not null)
        {
            _failed = null;
        }

        foreach (var child in ChildStates())
        {
            child.Child.Send(new ResumeActor(child.Child.Equals(failed) ? cause : null));
        }
    }

    public void Restart(Exception cause)
    {
        if (_actor is not { } failedActor)
        {
            CreateAgain();
            return;
        }

        if (_children is { IsIdle: false })
        {
            // On its way out already; only the suspension that came with the restart has to be undone.
            ResumeTree(null);
            return;
        }

        try
        {
            failedActor.RestartingInternal(cause, CurrentMessage);
        }
        catch (Exception e)
        {
            var wrapped = new PreRestartException(_self, e, cause, CurrentMessage);
            Publish(new Error(wrapped, _self.Path.ToString(), Props.Type, e.Message));
        }

        (failedActor as IActorStash)?.Stash?.UnstashAll();
        Discard(failedActor);
        _restartCause = cause;
        if (_children?.WaitFor(ChildTable.Purpose.Restart) != true)
        {
            FinishRestart();
        }
    }

    private void FinishRestart()
    {
        var cause = _restartCause!;
        _restartCause = null;
        var survivors = ChildStates();
        Resume();
        _failed = null;
        try
        {
            _actor = NewInstance();
            _actor.RestartedInternal(cause);
        }
        catch (Exception e)
        {
            Discard(_actor);
            Fail(new PostRestartException(_self, e, cause));
            return;
        }

        // Children that PreRestart let live are restarted along, after their parent.
        survivors.ForEach(c => c.Child.Send(new RestartActor(cause)));
    }

    private void CreateAgain()
    {
        StopReceiveTimeout();
        foreach (var child in ChildStates())
        {
            Stop(child.Child);
        }

        if (_children?.WaitFor(ChildTable.Purpose.Create) != true)
        {
            FinishCreateAgain();
        }
    }

    private void FinishCreateAgain()
    {
        Resume();
        _failed = null;
        try
        {
            Create();
        }
        catch (ActorInitializationException cause)
        {
            Fail(cause);
        }
    }

    /// <summary>Handles no more messages, and tells the parent. Failures on top of an undecided one are left at that.</summary>
    private void Fail(Exception cause)
    {
        if (_failed is not null)
        {
            return;
        }

        Suspend();
        var failedChild = _deciding?.Child;
        _failed = (IActorRef?)failedChild ?? _self;
        SuspendChildren(except: failedChild);
        _parent.Send(new ChildFailed(_self, cause));
    }

    private void SuspendChildren(IActorRef? except)
    {
        foreach (var child in ChildStates())
        {
            if (!child.Child.Equals(except))
            {
                child.Child.Send(new SuspendActor());
            }
        }
    }

    private void Suspend() => Interlocked.Increment(ref _suspensions);

    /// <summary>Ends one suspension. A full fence: either this turn sees the messages that came meanwhile, or their
    /// senders see its end.</summary>
    private void Resume()
    {
        if (_suspensions > 0)
        {
            Interlocked.Decrement(ref _suspensions);
        }
    }
}
