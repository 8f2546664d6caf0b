using Cairn.ActorKernel.Actor;
using Cairn.ActorKernel.Mailboxes;
using Cairn.ActorKernel.References;

namespace Cairn.ActorKernel.Cells;

/// <summary>The first signal of every actor: make the instance.</summary>
internal sealed class CreateActor : SystemMessage
{
    public override void Deliver(ActorCell cell) => cell.Create();
}

/// <summary>From the parent: handle no messages until a resume or a restart.</summary>
internal sealed class SuspendActor : SystemMessage
{
    public override bool WaitsForChildren => true;

    public override void Deliver(ActorCell cell) => cell.SuspendTree();
}

/// <summary>From the parent: go on. The cause is given to whoever failed with it, and null to those suspended along with it.</summary>
internal sealed class ResumeActor(Exception? cause) : SystemMessage
{
    public override bool WaitsForChildren => true;

    public override void Deliver(ActorCell cell) => cell.ResumeTree(cause);
}

/// <summary>From the parent: go on with a new instance.</summary>
internal sealed class RestartActor(Exception cause) : SystemMessage
{
    public override bool WaitsForChildren => true;

    public override void Deliver(ActorCell cell) => cell.Restart(cause);
}

/// <summary>Stop after the message that is being handled.</summary>
internal sealed class StopActor : SystemMessage
{
    public override void Deliver(ActorCell cell) => cell.Terminate();
}

/// <summary>From a child: it failed, and waits for its parent's decision.</summary>
internal sealed class ChildFailed(LocalActorRef child, Exception cause) : SystemMessage
{
    public LocalActorRef Child => child;

    public Exception Cause => cause;

    public override bool WaitsForChildren => true;

    // A supervisor that has failed itself decides nothing until its own parent has decided.
    public override bool WaitsForRecovery => true;

    public override void Deliver(ActorCell cell) => cell.Decide(this);
}

/// <summary>Somebody watches the receiver from now on.</summary>
internal sealed class AddWatcher(IActorRef watched, ISystemReceiver watcher) : SystemMessage
{
    public override void Deliver(ActorCell cell) => cell.AddWatcher(watcher);

    public override void ComeTooLate() => watcher.Send(new WatchedStopped(watched, false));
}

/// <summary>Somebody watches the receiver no longer.</summary>
internal sealed class RemoveWatcher(IActorRef watched, ISystemReceiver watcher) : SystemMessage
{
    public IActorRef Watched => watched;

    public override void Deliver(ActorCell cell) => cell.RemoveWatcher(watcher);
}

/// <summary>An actor that the receiver watches, or a child of it, has stopped.</summary>
internal sealed class WatchedStopped(IActorRef actor, bool existenceConfirmed) : SystemMessage
{
    public IActorRef Actor => actor;

    public bool ExistenceConfirmed => existenceConfirmed;

    public override void Deliver(ActorCell cell) => cell.NoteStopped(this);
}

/// <summary>A piece of an asynchronous handler is ready to go on, in the actor.</summary>
internal sealed class ContinueTask(Task task, object? message) : SystemMessage
{
    public override void Deliver(ActorCell cell) => cell.Continue(task, message);
}
