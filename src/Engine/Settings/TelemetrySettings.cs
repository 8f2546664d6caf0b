using System.Net;

namespace Cairn.Engine.Settings;

/// <summary>How a log is written.</summary>
public enum LogFormat
{
    /// <summary>Lines for people.</summary>
    Text,

    /// <summary>A JSON object a line.</summary>
    Json,
}

/// <summary>Where the metrics, traces and logs of a seed or a worker go.</summary>
public sealed record TelemetrySettings
{
    /// <summary>The protocols of OTLP.</summary>
    public static IReadOnlyList<string> Protocols { get; } = ["grpc", "http/protobuf"];

    /// <summary>The collector that metrics and traces are sent to; null for that of the environment, if it names one.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The protocol; null for that of the environment, else <c>grpc</c>.</summary>
    public string? Protocol { get; init; }

    /// <summary>What every export carries, <c>name=value,…</c>; null for what the environment says.</summary>
    public string? Headers { get; init; }

    /// <summary>Whether traces are sent besides metrics.</summary>
    public bool Traces { get; init; } = true;

    /// <summary>How the log is written.</summary>
    public LogFormat Log { get; init; }

    internal static readonly SettingSection Section = new("");

    private static readonly Setting<string?> EndpointSetting = Section.Add(
        "telemetry.otlp.endpoint", MaybeText("the address of a collector, such as \"http://collector.example.org:4317\"", IsAddress),
        unset: "$OTEL_EXPORTER_OTLP_ENDPOINT, else none", example: "\"http://collector.example.org:4317\"",
        help: "The collector for metrics and traces (OTLP). By default that of $OTEL_EXPORTER_OTLP_ENDPOINT; without either nothing is "
            + "sent. The other OTEL_EXPORTER_OTLP_ variables work too.");

    private static readonly Setting<string?> ProtocolSetting = Section.Add(
        "telemetry.otlp.protocol", MaybeText(string.Join(" or ", Protocols), Protocols.Contains),
        unset: "$OTEL_EXPORTER_OTLP_PROTOCOL, else grpc", example: "http/protobuf",
        help: "How they are sent: grpc (collectors listen at port 4317 for it) or http/protobuf (port 4318).");

    private static readonly Setting<string?> HeadersSetting = Section.Add(
        "telemetry.otlp.headers", MaybeText("headers, name=value,name=value", IsHeaders), unset: "$OTEL_EXPORTER_OTLP_HEADERS, else none",
        example: "\"x-api-key=0123456789abcdef\"", help: "Headers of every export, such as a key: name=value, separated by commas.");

    private static readonly Setting<bool> TracesSetting = Section.Add(
        "telemetry.traces", Flag, usual: true, help: "Whether traces (of batches, restarts and sessions) are sent besides metrics.");

    private static readonly Setting<LogFormat> LogSetting = Section.Add(
        "log.format", Word<LogFormat>(), usual: LogFormat.Text,
        help: "The format of the logs of seeds and workers: text, or json (one object per line, with run, batch, rank, epoch and node if "
            + "a line is about one).");

    internal static TelemetrySettings Read(SettingReader reader) => new()
    {
        Endpoint = reader.Get(EndpointSetting) is { } text && IsAddress(text) ? new Uri(text) : null,
        Protocol = reader.Get(ProtocolSetting),
        Headers = reader.Get(HeadersSetting),
        Traces = reader.Get(TracesSetting),
        Log = reader.Get(LogSetting),
    };

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";

    private static bool IsHeaders(string text) => text.Split(',').All(pair => pair.IndexOf('=', StringComparison.Ordinal) > 0);
}

/// <summary>Where a worker's metrics are served.</summary>
/// <param name="Address">The address to listen on.</param>
/// <param name="Port">The port; 0 for any that is free.</param>
/// <param name="TokenFile">Absolute path of a file with the bearer token; null for that of the environment, if it has one.</param>
public sealed record MetricsEndpoint(IPAddress Address, int Port, string? TokenFile)
{
    internal static readonly SettingSection Section = new("node");

    private static readonly Setting<int?> PortSetting = Section.Add(
        "metrics.port", Maybe(Integer("the port to serve metrics at, 0 for any", 0, ushort.MaxValue)), unset: "none are served",
        example: "9464",
        help: "The port on which a worker serves its metrics for Prometheus, at /metrics, 0 for any free port. By default it serves "
            + "none. A seed serves them beside its API.");

    private static readonly Setting<IPAddress> AddressSetting = Section.Add(
        "metrics.address", SeedSettingsReader.AddressType, usual: IPAddress.Loopback,
        help: "The address on which they are served. Any but loopback (127.0.0.1, ::1) needs a bearer token.");

    private static readonly Setting<string?> TokenSetting = Section.Add(
        "metrics.token-file", MaybeInputFile("a file with the bearer token"), unset: "none", example: "/etc/cairn/token",
        help: "A file with the bearer token that a request for them must have; $CAIRN_TOKEN can replace it.");

    /// <summary>Null where none are served.</summary>
    internal static MetricsEndpoint? Read(SettingReader reader)
    {
        var (port, address, token) = (reader.Get(PortSetting), reader.Get(AddressSetting), reader.Get(TokenSetting));
        return port is { } at ? new MetricsEndpoint(address, at, token) : null;
    }
}
