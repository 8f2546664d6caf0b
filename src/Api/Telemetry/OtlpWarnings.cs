using System.Diagnostics.Tracing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Cairn.Api.Telemetry;

/// <summary>
/// Logs the messages that OpenTelemetry's exporter writes to an event source, so that an unreachable collector is visible. At most one
/// per minute.
/// </summary>
internal sealed partial class OtlpWarnings(ILogger<OtlpWarnings> log, TimeProvider? time = null) : EventListener, IHostedService
{
    private const string Source = "OpenTelemetry-Exporter-OpenTelemetryProtocol";
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _lock = new();
    private long _toldAt;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        ArgumentNullException.ThrowIfNull(eventSource);
        if (eventSource.Name == Source)
            EnableEvents(eventSource, EventLevel.Warning);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        ArgumentNullException.ThrowIfNull(eventData);
        // An event may arrive before the constructor has returned.
        if (_lock is not null && eventData.EventSource.Name == Source && IsTime())
        {
            var said = string.Format(
                System.Globalization.CultureInfo.InvariantCulture, eventData.Message ?? "{0}", [.. eventData.Payload ?? []]);
            NotSent(log, said.Split('\n')[0]);
        }
    }

    private bool IsTime()
    {
        lock (_lock)
        {
            var isTime = _toldAt == 0 || _time.GetElapsedTime(_toldAt) >= Pause;
            _toldAt = isTime ? _time.GetTimestamp() : _toldAt;
            return isTime;
        }
    }

    [LoggerMessage(3030, LogLevel.Warning, "metrics or traces could not be sent to the collector (telemetry.otlp): {Said}")]
    private static partial void NotSent(ILogger log, string said);
}
