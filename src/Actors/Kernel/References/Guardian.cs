using Cairn.ActorKernel.Actor;

namespace Cairn.ActorKernel.References;

/// <summary><c>/user</c>, the parent of all actors that the system itself is asked to create.</summary>
internal sealed class Guardian : ActorBase
{
    protected override bool Receive(object message)
    {
        Context.System.DeadLetters.Tell(message, Sender);
        return true;
    }
}
