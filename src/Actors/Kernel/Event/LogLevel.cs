namespace Cairn.ActorKernel.Event;

/// <summary>How much a log event matters.</summary>
public enum LogLevel
{
    DebugLevel,
    InfoLevel,
    WarningLevel,
    ErrorLevel,
}
