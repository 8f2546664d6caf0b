using Cairn.ActorKernel.Cells;
using Cairn.ActorKernel.References;

namespace Cairn.ActorKernel.Actor;

/// <summary>Asking: a message whose answer comes as a task.</summary>
public static class Futures
{
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<object>(message, timeout, CancellationToken.None);

    /// <inheritdoc cref="Ask{T}(ICanTell, object, TimeSpan?, CancellationToken)"/>
    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<T>(message, timeout, CancellationToken.None);

    /// <inheritdoc cref="Ask{T}(ICanTell, object, TimeSpan?, CancellationToken)"/>
    public static Task<T> Ask<T>(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<T>(message, null, cancellationToken);

    /// <summary>
    /// Sends and gives the first answer. A <see cref="Status.Failure"/> makes the task fail with its cause, an answer of another
    /// type with an <see cref="ArgumentException"/>.
    /// </summary>
    /// <param name="self">Whom to ask.</param>
    /// <param name="message">What to ask.</param>
    /// <param name="timeout">How long to wait before <see cref="AskTimeoutException"/>; null waits for ever.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var system = (self as ISystemReceiver)?.System ?? CurrentCell.Value?.System
            ?? throw new ArgumentException($"{self} belongs to no actor system; ask an actor.", nameof(self));
        var answer = new AnswerRef<T>((LocalActorSystem)system);
        answer.ExpireWith(timeout, cancellationToken);
        self.Tell(message, answer);
        return answer.Answer;
    }
}
