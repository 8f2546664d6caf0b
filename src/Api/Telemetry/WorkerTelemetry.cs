using System.Net;
using Cairn.Api.Server;
using Cairn.Engine.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Api.Telemetry;

/// <summary>
/// A worker's telemetry: metrics at a port of their own and, if configured, metrics and traces to a collector. It starts
/// before the worker joins its cluster, and stops after the worker has left.
/// </summary>
public sealed class WorkerTelemetry : IAsyncDisposable
{
    private readonly IHost? _host;

    private WorkerTelemetry(IHost? host, Uri? address) => (_host, Address) = (host, address);

    /// <summary>The address of the metrics; null if they are not served.</summary>
    public Uri? Address { get; }

    /// <summary>Starts it.</summary>
    /// <param name="settings">The worker's settings.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="logging">The log.</param>
    /// <exception cref="SpecException">The settings would show the metrics to anybody, or cannot be used.</exception>
    public static async Task<WorkerTelemetry> StartAsync(
        WorkerSettings settings, Func<string, string?> environment, Action<ILoggingBuilder> logging)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(logging);
        var otlp = OtlpTarget.Of(settings.Telemetry, environment, "cairn-worker");
        var host = settings.Metrics is { } endpoint ? Serving(endpoint, otlp, environment, logging)
            : otlp is not null ? Sending(otlp, logging) : null;
        if (host is null)
            return new WorkerTelemetry(null, null);

        try
        {
            await host.StartAsync().ConfigureAwait(false);
        }
        catch (IOException e)
        {
            host.Dispose();
            throw new SpecException(
                $"cannot serve metrics on {settings.Metrics!.Address}, port {settings.Metrics.Port}: {e.Message} Choose others with "
                + "node.metrics.address and node.metrics.port.", e);
        }

        return new WorkerTelemetry(host, settings.Metrics is null ? null : AddressOf(host, settings.Metrics));
    }

    /// <summary>Stops it, after the last measurements are sent.</summary>
    public async ValueTask DisposeAsync()
    {
        await (_host?.StopAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        if (_host is IAsyncDisposable host)
            await host.DisposeAsync().ConfigureAwait(false);
    }

    private static IHost Sending(OtlpTarget otlp, Action<ILoggingBuilder> logging)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        logging(builder.Logging);
        builder.AddTelemetry(otlp, servesMetrics: false);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>().AddSingleton<RequestFigures>();
        var host = builder.Build();
        _ = host.Services.GetRequiredService<RequestFigures>();
        return host;
    }

    private static WebApplication Serving(
        MetricsEndpoint endpoint, OtlpTarget? otlp, Func<string, string?> environment, Action<ILoggingBuilder> logging)
    {
        var token = BearerToken.Load(endpoint.TokenFile, "node.metrics.token-file", environment);
        if (token is null && !IPAddress.IsLoopback(endpoint.Address))
        {
            throw new SpecException(
                $"node.metrics.address is {endpoint.Address}, which other machines can reach, and there is no bearer token: anyone could "
                + $"read the metrics. Set a token in node.metrics.token-file or ${BearerToken.Variable}, or serve them on 127.0.0.1.");
        }

        // An empty builder: files and variables that web servers usually read could open an unwanted port.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(endpoint.Address, endpoint.Port, static listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", Microsoft.Extensions.Logging.LogLevel.None);
        logging(builder.Logging);
        builder.AddTelemetry(otlp, servesMetrics: true);
        builder.Services.AddRoutingCore().AddSingleton<RequestFigures>().AddSingleton<IHostLifetime, NoLifetime>();
        var app = builder.Build();
        var log = app.Services.GetRequiredService<ILogger<WorkerTelemetry>>();
        new RequestPipeline(token, "node.metrics.token-file", app.Services.GetRequiredService<RequestFigures>(), log)
            .Use(app, limitsRates: false);
        app.MapGet("/healthz", () => TypedResults.Text("alive\n"));
        var scrape = TelemetryHosting.PrometheusOf(app);
        app.MapGet("/metrics", scrape);
        return app;
    }

    private static Uri AddressOf(IHost host, MetricsEndpoint endpoint)
    {
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        if (!IPAddress.IsLoopback(endpoint.Address))
            host.Services.GetRequiredService<ILogger<WorkerTelemetry>>().MetricsInClearText(address);

        return new Uri(address);
    }

    /// <summary>The worker handles signals.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
