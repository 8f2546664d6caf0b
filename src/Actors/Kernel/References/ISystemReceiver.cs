using Cairn.ActorKernel.Actor;
using Cairn.ActorKernel.Mailboxes;

namespace Cairn.ActorKernel.References;

/// <summary>A handle that takes signals: every handle of this kernel.</summary>
internal interface ISystemReceiver : IActorRef
{
    ActorSystem System { get; }

    bool IsTerminated => false;

    void Send(SystemMessage signal);
}
