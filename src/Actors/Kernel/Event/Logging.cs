using Cairn.ActorKernel.Actor;

namespace Cairn.ActorKernel.Event;

/// <summary>Where actors get their logs from.</summary>
public static class Logging
{
    /// <summary>A log whose source is the actor's path. It stays valid in other threads.</summary>
    public static ILoggingAdapter GetLogger(this IActorContext context, ILogMessageFormatter? logMessageFormatter = null) =>
        new EventLog(context.System.EventStream, context.Self.Path.ToString(), context.Props.Type, logMessageFormatter);
}
