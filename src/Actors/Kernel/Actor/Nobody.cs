using Cairn.ActorKernel.Mailboxes;
using Cairn.ActorKernel.References;

namespace Cairn.ActorKernel.Actor;

/// <summary>The actor that does not exist: what it is told is dropped.</summary>
public sealed class Nobody : ActorRefBase, ISystemReceiver
{
    internal static readonly Nobody Instance = new();

    private Nobody()
    {
    }

    public override ActorPath Path { get; } = new RootPath(new Address("akka", "all-systems")) / "Nobody";

    ActorSystem ISystemReceiver.System => throw new NotSupportedException("Nobody belongs to no system; ask an actor instead.");

    void ISystemReceiver.Send(SystemMessage signal)
    {
        // Nobody has no life that could be steered or watched.
    }

    protected override void TellInternal(object message, IActorRef? sender)
    {
        // Nobody listens.
    }
}
