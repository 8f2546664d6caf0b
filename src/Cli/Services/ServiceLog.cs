using System.Globalization;
using Cairn.Actors.Nodes;
using Cairn.Cli.Run;
using Cairn.Engine.Settings;
using Microsoft.Extensions.Logging;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Cairn.Cli.Services;

/// <summary>
/// The output of a seed or worker: events on standard output, the log on standard error. Lines of text for people, or one JSON object
/// per line (Serilog's compact format: <c>@t</c>, <c>@m</c>, <c>@l</c>, and named properties).
/// </summary>
internal sealed class ServiceLog : IDisposable
{
    private readonly LineSink _output, _error;
    private readonly Logger? _said, _logged;

    /// <param name="format">The format.</param>
    /// <param name="output">For events.</param>
    /// <param name="error">For the log.</param>
    public ServiceLog(LogFormat format, TextWriter output, TextWriter error)
    {
        (_output, _error) = (new LineSink(output), new LineSink(error));
        if (format == LogFormat.Json)
            (_said, _logged) = (Json(_output), Json(_error));
    }

    /// <summary>Takes Cairn's log, and only errors of the web server.</summary>
    public void Apply(ILoggingBuilder logging) => logging
        .SetMinimumLevel(LogLevel.Warning).AddFilter("Cairn", LogLevel.Information)
        .AddProvider(_logged is null ? new LineLogging(_error) : new SerilogLoggerProvider(_logged));

    /// <summary>Writes a line that needs no time as text.</summary>
    public void Say(string text) => Say(new NodeLine(text), text);

    /// <summary>Writes a line of a node, with the time of day as text.</summary>
    public void Say(NodeLine line) => Say(line, Stamped(line.Text));

    public void Dispose()
    {
        _said?.Dispose();
        _logged?.Dispose();
    }

    private void Say(NodeLine line, string text)
    {
        if (_said is null)
        {
            _output.WriteLine(text);
            return;
        }

        var about = line.About.Aggregate<KeyValuePair<string, object>, Serilog.ILogger>(
            _said, static (log, pair) => log.ForContext(pair.Key, pair.Value));
        about.Write(line.IsWarning ? LogEventLevel.Warning : LogEventLevel.Information, "{Message}", line.Text);
    }

    private static string Stamped(string line) =>
        $"{TimeProvider.System.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture)} {line}";

    private static Logger Json(LineSink sink) => new Serilog.LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(new JsonLines(sink))
        .CreateLogger();
}
