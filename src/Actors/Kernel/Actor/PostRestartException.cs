namespace Cairn.ActorKernel.Actor;

/// <summary>An actor that failed could not be made anew.</summary>
public sealed class PostRestartException : ActorInitializationException
{
    public PostRestartException(IActorRef? actor, Exception cause, Exception originalCause)
        : base(actor, $"Exception post restart ({originalCause?.GetType().ToString() ?? "null"})", cause) => OriginalCause = originalCause;

    /// <summary>Why it was to be restarted.</summary>
    public Exception? OriginalCause { get; }
}
