namespace Cairn.ActorKernel.Actor;

/// <summary><c>PreRestart</c> threw. The restart goes on; this is logged.</summary>
public sealed class PreRestartException : ActorInitializationException
{
    public PreRestartException(IActorRef? actor, Exception restartException, Exception cause, object? optionalMessage)
        : base(actor, $"Exception pre restart ({restartException?.GetType().ToString() ?? "null"})", cause)
    {
        RestartException = restartException;
        OptionalMessage = optionalMessage;
    }

    /// <summary>What <c>PreRestart</c> threw.</summary>
    public Exception? RestartException { get; }

    public object? OptionalMessage { get; }
}
