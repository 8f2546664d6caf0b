using Cairn.Actors.Runs;
using Cairn.Api.Telemetry;
using Cairn.Api.Wire;
using Cairn.Engine.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cairn.Api.Server;

/// <summary>Health, readiness, metrics and version of a seed.</summary>
internal sealed class ServiceEndpoints(RegistryLink registry, RegistryGauges gauges, SeedSettings settings)
{
    private const string MetricsType = "text/plain";

    public void Map(IEndpointRouteBuilder root, string? onlyRun)
    {
        var about = new SeedWire(Version, onlyRun, settings.Roots);
        root.MapGet("/api/seed", () => TypedResults.Ok(about)).WithName("DescribeSeed").WithSummary("What this server is").Problems();
        root.MapGet("/healthz", () => TypedResults.Text("alive\n")).WithName("Health").WithSummary("Whether the process lives");
        root.MapGet("/readyz", ReadyAsync).WithName("Ready").WithSummary("Whether the registry of runs answers")
            .Produces<string>(StatusCodes.Status200OK, "text/plain").Problems();
        var scrape = TelemetryHosting.PrometheusOf(root);
        root.MapGet("/metrics", (HttpContext context, CancellationToken cancel) => MetricsAsync(scrape, context, cancel))
            .WithName("Metrics").WithSummary("Figures, in Prometheus' text format")
            .Produces<string>(StatusCodes.Status200OK, MetricsType).Problems();
        root.MapOpenApi("/openapi.json");
    }

    private static string Version { get; } = typeof(ServiceEndpoints).Assembly.GetName().Version!.ToString(3);

    private async Task<IResult> ReadyAsync(CancellationToken cancel)
    {
        await registry.AskAsync<RunList>(new ListRuns(1), cancel).ConfigureAwait(false);
        return TypedResults.Text("ready\n");
    }

    /// <summary>A registry that does not answer is reported as a metric.</summary>
    private async Task MetricsAsync(RequestDelegate scrape, HttpContext context, CancellationToken cancel)
    {
        await gauges.RefreshAsync(cancel).ConfigureAwait(false);
        await scrape(context).ConfigureAwait(false);
    }
}
