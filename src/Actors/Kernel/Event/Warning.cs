namespace Cairn.ActorKernel.Event;

/// <summary>A log event of <see cref="LogLevel.WarningLevel"/>.</summary>
public sealed class Warning : LogEvent
{
    public Warning(string logSource, Type logClass, object message) : base(null, logSource, logClass, message)
    {
    }

    public Warning(Exception? cause, string logSource, Type logClass, object message) : base(cause, logSource, logClass, message)
    {
    }

    public override LogLevel LogLevel() => Event.LogLevel.WarningLevel;
}
