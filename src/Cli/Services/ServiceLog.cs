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
/// What a seed or a worker says: on standard output what happens, on standard error its log. Lines of text for people, or a JSON object a
/// line (Serilog's compact format: <c>@t</c>, <c>@m</c>, <c>@l</c>, and by name what the line is about).
/// </summary>
internal sealed class ServiceLog : IDisposable
{
    private readonly LineSink _output, _error;
    private readonly Logger? _said, _logged;

    /// <param name="format">How it is written.</param>
    /// <param name="output">Takes what happens.</param>
    /// <param name="error">Takes the log.</param>
    public ServiceLog(LogFormat format, TextWriter output, TextWriter error)
    {
        (_output, _error) = (new LineSink(output), new LineSink(error));
        if (format == LogFormat.Json)
        {
            (_said, _logged) = (Json(_output), Json(_error));
        }
    }

    /// <summary>Logs here what Cairn says, and only what is wrong of what the web server says.</summary>
    public void Apply(ILoggingBuilder logging) => logging
        .SetMinimumLevel(LogLevel.Warning).AddFilter("Cairn", LogLevel.Information)
        .AddProvider(_logged is null ? new LineLogging(_error) : new SerilogLoggerProvider(_logged));

    /// <summary>Says a line, for which text has nothing to add.</summary>
    public void Say(string text) => Say(new NodeLine(text), text);

    /// <summary>Says a line of a node, with the time of day where it is text.</summary>
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
