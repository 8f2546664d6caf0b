namespace Cairn.ActorKernel.Actor;

/// <summary>Sending a task's outcome as a message, so that a slow operation blocks no actor.</summary>
public static class PipeToSupport
{
    /// <param name="taskToPipe">What to wait for.</param>
    /// <param name="recipient">Whom to tell.</param>
    /// <param name="sender">The sender of the message; null for none.</param>
    /// <param name="success">Makes the message from the result; the result itself by default.</param>
    /// <param name="failure">Makes the message from the exception; a <see cref="Status.Failure"/> by default.</param>
    public static async Task PipeTo<T>(
        this Task<T> taskToPipe,
        ICanTell recipient,
        IActorRef? sender = null,
        Func<T, object>? success = null,
        Func<Exception, object>? failure = null)
    {
        try
        {
            var result = await taskToPipe.ConfigureAwait(false);
            recipient.Tell(success is null ? result! : success(result), sender);
        }
        catch (Exception e)
        {
            recipient.Tell(failure is null ? new Status.Failure(e) : failure(e), sender);
        }
    }

    /// <inheritdoc cref="PipeTo{T}(Task{T}, ICanTell, IActorRef, Func{T, object}, Func{Exception, object})"/>
    public static async Task PipeTo(
        this Task taskToPipe,
        ICanTell recipient,
        IActorRef? sender = null,
        Func<object>? success = null,
        Func<Exception, object>? failure = null)
    {
        try
        {
            await taskToPipe.ConfigureAwait(false);
            if (success is not null)
            {
                recipient.Tell(success(), sender);
            }
        }
        catch (Exception e)
        {
            recipient.Tell(failure is null ? new Status.Failure(e) : failure(e), sender);
        }
    }
}
