using Cairn.ActorKernel.Actor;
using Cairn.ActorKernel.Cells;
using Cairn.ActorKernel.Mailboxes;

namespace Cairn.ActorKernel.References;

/// <summary>The handle of an actor.</summary>
internal sealed class LocalActorRef : ActorRefBase, ISystemReceiver
{
    public LocalActorRef(LocalActorSystem system, Props props, ISystemReceiver parent, ActorPath path)
    {
        Path = path;
        Cell = new ActorCell(system, this, props, parent);
    }

    public ActorCell Cell { get; }

    public override ActorPath Path { get; }

    public ActorSystem System => Cell.System;

    public bool IsTerminated => Cell.IsTerminated;

    public void Send(SystemMessage signal) => Cell.Send(signal);

    protected override void TellInternal(object message, IActorRef? sender) => Cell.Tell(message, sender);
}
