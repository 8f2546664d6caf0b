using System.Globalization;
using Cairn.Cli.Run;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;
using Serilog.Parsing;

namespace Cairn.Cli.Services;

/// <summary>
/// Writes events in Serilog's compact format, one JSON object per line. The message is plain text, without the quotes that
/// the format puts around strings, and occurs once.
/// </summary>
internal sealed class JsonLines(LineSink sink) : ILogEventSink
{
    /// <summary>The property with the message: Akka's entries and a node's lines arrive here as text.</summary>
    private const string Message = "Message";

    private readonly MessageTemplateTextFormatter _text = new("{Message:lj}", CultureInfo.InvariantCulture);
    private readonly RenderedCompactJsonFormatter _format = new();

    public void Emit(LogEvent logEvent)
    {
        using var line = new StringWriter(CultureInfo.InvariantCulture);
        _format.Format(Readable(logEvent), line);
        sink.WriteLine(line.ToString().TrimEnd());
    }

    private LogEvent Readable(LogEvent logEvent)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        _text.Format(logEvent, text);
        // Events of one kind have one number (@i), which comes from the template, whatever their texts.
        var template = new MessageTemplate(logEvent.MessageTemplate.Text, [new TextToken(text.ToString())]);
        return new LogEvent(
            logEvent.Timestamp, logEvent.Level, logEvent.Exception, template,
            logEvent.Properties.Where(p => p.Key != Message).Select(p => new LogEventProperty(p.Key, p.Value)),
            logEvent.TraceId ?? default, logEvent.SpanId ?? default);
    }
}
