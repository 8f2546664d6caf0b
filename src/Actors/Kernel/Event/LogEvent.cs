namespace Cairn.ActorKernel.Event;

/// <summary>Something to log, on the event stream. The kernel writes no log itself: whoever wants one subscribes.</summary>
public abstract class LogEvent
{
    private protected LogEvent(Exception? cause, string logSource, Type logClass, object message)
    {
        Cause = cause;
        LogSource = logSource;
        LogClass = logClass;
        Message = message;
    }

    public Exception? Cause { get; }

    /// <summary>The path of the actor it is about.</summary>
    public string LogSource { get; }

    public Type LogClass { get; }

    public object Message { get; }

    public abstract LogLevel LogLevel();

    public override string ToString() =>
        $"[{GetType().Name.ToUpperInvariant()}][{LogSource}] {Message}{(Cause is null ? "" : $"\nCause: {Cause}")}";
}
