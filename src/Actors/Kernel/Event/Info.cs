namespace Cairn.ActorKernel.Event;

/// <summary>A log event of <see cref="LogLevel.InfoLevel"/>.</summary>
public sealed class Info : LogEvent
{
    public Info(string logSource, Type logClass, object message) : base(null, logSource, logClass, message)
    {
    }

    public Info(Exception? cause, string logSource, Type logClass, object message) : base(cause, logSource, logClass, message)
    {
    }

    public override LogLevel LogLevel() => Event.LogLevel.InfoLevel;
}
