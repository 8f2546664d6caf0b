namespace Cairn.ActorKernel.Event;

/// <summary>A log event of <see cref="LogLevel.DebugLevel"/>.</summary>
public sealed class Debug : LogEvent
{
    public Debug(string logSource, Type logClass, object message) : base(null, logSource, logClass, message)
    {
    }

    public Debug(Exception? cause, string logSource, Type logClass, object message) : base(cause, logSource, logClass, message)
    {
    }

    public override LogLevel LogLevel() => Event.LogLevel.DebugLevel;
}
