namespace Cairn.ActorKernel.Event;

/// <summary>The one adapter: log events go to the event stream.</summary>
internal sealed class EventLog(EventStream stream, string source, Type type, ILogMessageFormatter? formatter = null) : ILoggingAdapter
{
    public ILogMessageFormatter Formatter { get; } = formatter ?? InvariantFormatter.Instance;

    public bool IsDebugEnabled => IsEnabled(LogLevel.DebugLevel);

    public bool IsInfoEnabled => IsEnabled(LogLevel.InfoLevel);

    public bool IsWarningEnabled => IsEnabled(LogLevel.WarningLevel);

    public bool IsErrorEnabled => IsEnabled(LogLevel.ErrorLevel);

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.InfoLevel;

    public void Log(LogLevel logLevel, Exception? cause, string format)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        stream.Publish(logLevel switch
        {
            LogLevel.InfoLevel => new Info(cause, source, type, format),
            LogLevel.WarningLevel => new Warning(cause, source, type, format),
            _ => new Error(cause, source, type, format),
        });
    }
}
