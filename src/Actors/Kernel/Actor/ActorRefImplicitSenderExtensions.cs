using Cairn.ActorKernel.Cells;

namespace Cairn.ActorKernel.Actor;

/// <summary>Sending from inside an actor, where the sender need not be named.</summary>
public static class ActorRefImplicitSenderExtensions
{
    /// <summary>Sends with the actor that is running here as sender, or with none outside of actors.</summary>
    public static void Tell(this IActorRef receiver, object message) => receiver.Tell(message, CurrentCell.Value?.Self);

    /// <summary>Sends on, with the sender of the message that is being handled.</summary>
    public static void Forward(this IActorRef receiver, object message) => receiver.Tell(message, CurrentCell.Value?.Sender);
}
