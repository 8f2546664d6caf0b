namespace Cairn.ActorKernel.Event;

/// <summary>A log event of <see cref="LogLevel.ErrorLevel"/>.</summary>
public sealed class Error : LogEvent
{
    public Error(Exception? cause, string logSource, Type logClass, object message) : base(cause, logSource, logClass, message)
    {
    }

    public override LogLevel LogLevel() => Event.LogLevel.ErrorLevel;
}
