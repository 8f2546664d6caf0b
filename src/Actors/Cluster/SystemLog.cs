using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Dispatch;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Cairn.Actors.Cluster;

/// <summary>Forwards an actor system's log to its process's log or its user, in place of Akka's own format.</summary>
internal sealed partial class SystemLog : ActorBase, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    /// <summary>Makes it the system's only logger; the system needs one of the setups below.</summary>
    public static readonly Config Settings = ConfigurationFactory.ParseString("""
        akka {
          loggers = ["Cairn.Actors.Cluster.SystemLog, Cairn.Actors"]
          stdout-loglevel = OFF
        }
        """);

    private readonly Action<LogEvent> _say = Context.System.Settings.Setup.Get<SystemLogSetup>().Value.Say;

    /// <summary>To a host's loggers, named by the logging classes.</summary>
    public static SystemLogSetup To(ILoggerFactory loggers, TimeProvider time)
    {
        var warnings = new Repeats(time);
        return new(entry =>
        {
            var (logger, level) = (loggers.CreateLogger(entry.LogClass.FullName ?? nameof(Akka)), LevelOf(entry));
            if (logger.IsEnabled(level) && (level != LogLevel.Warning || warnings.IsNews(entry)))
            {
                using var scope = LogContext.Of(entry) is { Count: > 0 } about ? logger.BeginScope(about) : null;
                Said(logger, level, entry.Cause, entry.Message);
            }
        });
    }

    /// <summary>To a run's observer, as warnings.</summary>
    public static SystemLogSetup To(IRunObserver observer) => new(entry =>
    {
        if (entry.LogLevel() >= Akka.Event.LogLevel.WarningLevel)
        {
            var cause = entry.Cause is { } error ? $" ({error.GetType().Name}: {error.Message})" : "";
            observer.On(new RunWarning($"{entry.Message}{cause}"));
        }
    });

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                return true;
            case LogEvent entry:
                if (Context.System.Settings.LogFilter.ShouldTryKeepMessage(entry, out _))
                    _say(entry);

                return true;
            default:
                return false;
        }
    }

    [LoggerMessage(EventId = 1, Message = "{Message}")]
    private static partial void Said(ILogger logger, LogLevel level, Exception? cause, object? message);

    /// <summary>
    /// Akka repeats some warnings every second, such as late heartbeats on an overloaded machine. Once a minute is enough.
    /// </summary>
    private sealed class Repeats(TimeProvider time)
    {
        private readonly Dictionary<string, long> _told = new(StringComparer.Ordinal);

        /// <summary>Whether a warning is Cairn's own, or the first of its format within a minute.</summary>
        public bool IsNews(LogEvent entry)
        {
            if (entry.Message is not LogMessage message || entry.LogClass.Assembly == typeof(SystemLog).Assembly)
                return true;

            var isNews = !_told.TryGetValue(message.Format, out var last) || time.GetElapsedTime(last) >= TimeSpan.FromMinutes(1);
            if (isNews)
                _told[message.Format] = time.GetTimestamp();

            return isNews;
        }
    }

    private static LogLevel LevelOf(LogEvent entry) => entry.LogLevel() switch
    {
        Akka.Event.LogLevel.DebugLevel => LogLevel.Debug,
        Akka.Event.LogLevel.InfoLevel => LogLevel.Information,
        Akka.Event.LogLevel.WarningLevel => LogLevel.Warning,
        _ => LogLevel.Error,
    };
}

/// <summary>Where <see cref="SystemLog"/>, which Akka creates, sends entries.</summary>
internal sealed class SystemLogSetup(Action<LogEvent> say) : Setup
{
    public Action<LogEvent> Say => say;
}
