using Cairn.ActorKernel.Actor;
using Cairn.ActorKernel.Cells;
using Cairn.ActorKernel.Event;
using Cairn.ActorKernel.Mailboxes;

namespace Cairn.ActorKernel.References;

/// <summary>The parent of the guardian. It has nobody to escalate to: a failure that comes so far ends the system.</summary>
internal sealed class TopOfTree(LocalActorSystem system, ActorPath path) : ActorRefBase, ISystemReceiver
{
    public override ActorPath Path { get; } = path;

    public ActorSystem System => system;

    public void Send(SystemMessage signal)
    {
        switch (signal)
        {
            case ChildFailed failed:
                system.Log.Error(failed.Cause, "the guardian failed; the system terminates");
                failed.Child.Send(new StopActor());
                break;
            case WatchedStopped:
                system.Finish();
                break;
            default:
                signal.ComeTooLate();
                break;
        }
    }

    protected override void TellInternal(object message, IActorRef? sender) =>
        system.DeadLetterOffice.Publish(message, sender, this);
}
