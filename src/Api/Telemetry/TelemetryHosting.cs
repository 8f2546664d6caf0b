using System.Diagnostics.Metrics;
using System.Reflection;
using Cairn.Actors.Cluster;
using Cairn.Actors.Members;
using Cairn.Api.Server;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Settings;
using Cairn.Storage.Durable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Cairn.Api.Telemetry;

/// <summary>
/// Connects the instruments of the layers below, which use only .NET's API, to OpenTelemetry. The host decides what is
/// exported.
/// </summary>
internal static class TelemetryHosting
{
    private static readonly string[] Meters =
    [
        StorageMeter.MeterName, StepMeter.MeterName, MemberMeter.MeterName, RegistryGauges.MeterName, RequestFigures.MeterName,
        // .NET's own: heap, garbage collections, threads, exceptions.
        "System.Runtime",
    ];

    /// <summary>Adds the exporters that the settings ask for.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="otlp">The OTLP target; null for none.</param>
    /// <param name="servesMetrics">Whether metrics are served to Prometheus.</param>
    public static void AddTelemetry(this IHostApplicationBuilder builder, OtlpTarget? otlp, bool servesMetrics)
    {
        builder.Services.AddMetrics();
        if (otlp is null && !servesMetrics)
            return;

        builder.Configuration.AddInMemoryCollection(otlp?.Variables ?? []);
        var telemetry = builder.Services.AddOpenTelemetry();
        telemetry.ConfigureResource(resource => Describe(resource, otlp is not null)).WithMetrics(metrics =>
        {
            metrics.AddMeter(Meters);
            if (servesMetrics)
                metrics.AddPrometheusExporter(Plain);

            if (otlp is { Metrics: true })
                metrics.AddOtlpExporter();
        });
        builder.Services.ConfigureOpenTelemetryMeterProvider((services, metrics) =>
        {
            // Not the meters of other hosts in this process.
            var own = services.GetRequiredService<IMeterFactory>();
            metrics.AddView(instrument => instrument.Meter.Scope is IMeterFactory other && other != own
                ? MetricStreamConfiguration.Drop : null);
        });
        if (otlp is { Traces: true })
            telemetry.WithTracing(traces => traces.AddSource(BatchTrace.SourceName).AddOtlpExporter());

        if (otlp is not null)
            builder.Services.AddHostedService<OtlpWarnings>();
    }

    /// <summary>Answers in Prometheus' text format.</summary>
    public static RequestDelegate PrometheusOf(IEndpointRouteBuilder root) =>
        root.CreateApplicationBuilder().UseOpenTelemetryPrometheusScrapingEndpoint(static _ => true).Build();

    private static void Plain(PrometheusAspNetCoreOptions options)
    {
        // The names of instruments are unique, so no scope is needed; values are those of the scrape's moment, so no timestamps.
        options.ScopeInfoEnabled = false;
        options.ScrapeResponseCacheDurationMilliseconds = 0;
    }

    private static bool IsNamed(string variable, string by) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value && value.Contains(by, StringComparison.Ordinal);

    /// <summary>With a collector, its variables name the service.</summary>
    private static void Describe(ResourceBuilder resource, bool isNamed)
    {
        var version = typeof(TelemetryHosting).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        resource.AddAttributes(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["service.version"] = version ?? "", ["host.name"] = Environment.MachineName, ["process.pid"] = Environment.ProcessId,
            ["service.instance.id"] = $"{Environment.MachineName}-{Environment.ProcessId}",
        });
        if (!isNamed && !IsNamed("OTEL_SERVICE_NAME", "") && !IsNamed("OTEL_RESOURCE_ATTRIBUTES", "service.name="))
            resource.AddAttributes([new("service.name", "cairn")]);
    }
}
