using Cairn.Cli.Run;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Cairn.Cli.Services;

/// <summary>Logs plain text lines, for a terminal or a service manager that adds the time itself.</summary>
[ProviderAlias("Lines")]
internal sealed class LineLogging(LineSink sink) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new LineLogger(sink);

    public void Dispose()
    {
        // The sink is disposed by its creator.
    }

    private sealed class LineLogger(LineSink sink) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var level = logLevel >= LogLevel.Error ? "error: " : logLevel == LogLevel.Warning ? "warning: " : "";
            sink.WriteLine($"{level}{formatter(state, exception)}{(exception is null ? "" : $"\n{exception}")}");
        }
    }
}
