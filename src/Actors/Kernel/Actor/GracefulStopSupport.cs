using Cairn.ActorKernel.Cells;
using Cairn.ActorKernel.References;

namespace Cairn.ActorKernel.Actor;

/// <summary>Stopping an actor and waiting for it.</summary>
public static class GracefulStopSupport
{
    /// <summary>Sends <see cref="PoisonPill"/>. True once the actor has stopped, false if it has not by the timeout.</summary>
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) => target.GracefulStop(timeout, PoisonPill.Instance);

    /// <summary>As <see cref="GracefulStop(IActorRef, TimeSpan)"/>, with a message of one's own.</summary>
    public static async Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage)
    {
        var receiver = target as ISystemReceiver
            ?? throw new InvalidOperationException($"{target} cannot be watched; expected an actor of this kernel.");
        var stopped = new AnswerRef<Terminated>((LocalActorSystem)receiver.System);
        stopped.ExpireWith(timeout, CancellationToken.None);
        receiver.Send(new AddWatcher(receiver, stopped));
        target.Tell(stopMessage, ActorRefs.NoSender);
        try
        {
            return (await stopped.Answer.ConfigureAwait(false)).ActorRef.Equals(target);
        }
        catch (AskTimeoutException)
        {
            return false;
        }
        finally
        {
            receiver.Send(new RemoveWatcher(receiver, stopped));
        }
    }
}
