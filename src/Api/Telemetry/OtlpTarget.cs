using Cairn.Engine.Settings;

namespace Cairn.Api.Telemetry;

/// <summary>
/// Where metrics and traces are sent by OTLP. The settings take precedence over the standard's environment variables (OpenTelemetry,
/// "OTLP exporter configuration"). Variables for metrics or traces alone take precedence over variables for both, as in the
/// standard.
/// </summary>
internal sealed class OtlpTarget
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_", Metrics1 = Prefix + "METRICS_", Traces1 = Prefix + "TRACES_";

    private static readonly string[] Exporter =
        ["ENDPOINT", "PROTOCOL", "HEADERS", "TIMEOUT", "CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"];

    private static readonly string[] Others =
    [
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "OTEL_METRIC_EXPORT_INTERVAL", "OTEL_METRIC_EXPORT_TIMEOUT",
        "OTEL_BSP_SCHEDULE_DELAY", "OTEL_BSP_EXPORT_TIMEOUT", "OTEL_BSP_MAX_QUEUE_SIZE", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
        "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_SERVICE_NAME",
    ];

    private OtlpTarget(Dictionary<string, string?> variables, bool traces)
    {
        Variables = variables;
        Metrics = Has(variables, Prefix) || Has(variables, Metrics1);
        Traces = traces && (Has(variables, Prefix) || Has(variables, Traces1));
    }

    /// <summary>The resulting values of the standard's variables.</summary>
    public Dictionary<string, string?> Variables { get; }

    /// <summary>Whether metrics are sent.</summary>
    public bool Metrics { get; }

    /// <summary>Whether traces are sent.</summary>
    public bool Traces { get; }

    /// <summary>Reads the target; null if nothing is sent.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="service">The default service name.</param>
    /// <exception cref="SpecException">A variable is not a valid address or protocol.</exception>
    public static OtlpTarget? Of(TelemetrySettings settings, Func<string, string?> environment, string service)
    {
        var names = Exporter.SelectMany(name => new[] { Prefix + name, Metrics1 + name, Traces1 + name }).Concat(Others);
        var variables = names.Select(name => (Name: name, Value: environment(name))).Where(v => !string.IsNullOrWhiteSpace(v.Value))
            .ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
        variables.TryAdd("OTEL_SERVICE_NAME", service);
        foreach (var (name, value) in new[]
        {
            ("ENDPOINT", settings.Endpoint?.ToString()), ("PROTOCOL", settings.Protocol), ("HEADERS", settings.Headers),
        })
        {
            variables[Prefix + name] = value ?? variables.GetValueOrDefault(Prefix + name);
        }

        Check(variables);
        var target = new OtlpTarget(variables, settings.Traces);
        return target.Metrics || target.Traces ? target : null;
    }

    private static bool Has(Dictionary<string, string?> variables, string prefix) =>
        variables.GetValueOrDefault(prefix + "ENDPOINT") is not null;

    /// <summary>The exporter would silently ignore a mistake.</summary>
    private static void Check(Dictionary<string, string?> variables)
    {
        foreach (var prefix in new[] { Prefix, Metrics1, Traces1 })
        {
            if (variables.GetValueOrDefault(prefix + "ENDPOINT") is { } text
                && !(Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
            {
                throw new SpecException(
                    $"${prefix}ENDPOINT is \"{text}\"; expected the address of a collector, such as http://collector.example.org:4317.");
            }

            if (variables.GetValueOrDefault(prefix + "PROTOCOL") is { } protocol && !TelemetrySettings.Protocols.Contains(protocol))
            {
                throw new SpecException(
                    $"${prefix}PROTOCOL is \"{protocol}\"; expected {string.Join(" or ", TelemetrySettings.Protocols)}.");
            }
        }
    }
}
