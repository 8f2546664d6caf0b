using System.Net;
using System.Net.Sockets;
using Akka.Hosting;
using Cairn.Actors.Cluster;
using Cairn.Actors.Runs;
using Cairn.Api.Dashboard;
using Cairn.Api.Telemetry;
using Cairn.Api.Wire;
using Cairn.Engine.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Api.Server;

/// <summary>
/// A seed's host: the caller's actors, the HTTP API and a log. The API translates requests into messages to the
/// <see cref="RunRegistry"/> of Akka.Hosting's actor registry, and its answers back. It makes no decisions.
/// </summary>
public sealed class SeedServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SeedServer(WebApplication app, Uri address) => (_app, Address) = (app, address);

    /// <summary>The address of the API.</summary>
    public Uri Address { get; }

    /// <summary>The registry.</summary>
    public IActorRef Registry => _app.Services.GetRequiredService<IRequiredActor<RunRegistry>>().ActorRef;

    /// <summary>The actor system.</summary>
    public ActorSystem System => _app.Services.GetRequiredService<ActorSystem>();

    /// <summary>Starts the actors and the API.</summary>
    /// <param name="settings">Address and limits.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="actors">Adds the actor system, with the registry or a proxy of it.</param>
    /// <param name="logging">The log; null for none.</param>
    /// <param name="onlyRun">
    /// The only run of this process (<c>cairn run --dashboard</c>); null for a seed. It can be watched and receive orders.
    /// </param>
    /// <exception cref="SpecException">The settings would let anybody in, or cannot be used.</exception>
    public static async Task<SeedServer> StartAsync(
        SeedSettings settings, Func<string, string?> environment, Action<IServiceCollection> actors,
        Action<ILoggingBuilder>? logging = null, string? onlyRun = null)
    {
        var token = BearerToken.Load(settings, environment);
        var otlp = OtlpTarget.Of(settings.Telemetry, environment, "cairn-seed");
        if (token is null && !IPAddress.IsLoopback(settings.Address))
        {
            throw new SpecException(
                $"seed.address is {settings.Address}, which other machines can reach, and there is no bearer token: anyone could submit "
                + $"runs. Set a token in seed.token-file or ${BearerToken.Variable}, or listen on 127.0.0.1.");
        }

        WebApplication? app = null;
        try
        {
            app = Build(settings, new Surroundings(token, otlp, actors, logging), onlyRun);
            await app.StartAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (app is not null)
                await app.DisposeAsync().ConfigureAwait(false);

            if (e is not (IOException or SocketException))
                throw;

            throw new SpecException(
                $"cannot listen on {settings.Address}, port {settings.Port}: {e.Message} Is another seed running there? Choose others "
                + "with seed.address and seed.port.", e);
        }

        return Started(app, settings);
    }

    /// <summary>Whether its actors ended because the cluster removed this seed.</summary>
    public bool IsRemoved => NodeLife.WasRemoved(System);

    /// <summary>Completes when the registry answers, here or at another seed, or when this seed has ended before.</summary>
    /// <returns>Whether the registry answers.</returns>
    public async Task<bool> ReadyAsync(CancellationToken cancel)
    {
        var link = _app.Services.GetRequiredService<RegistryLink>();
        var ends = _app.Lifetime.ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, ends);
        while (!ends.IsCancellationRequested)
        {
            try
            {
                await link.AskAsync<RunList>(new ListRuns(1), either.Token).ConfigureAwait(false);
                return true;
            }
            catch (AskTimeoutException)
            {
                // The registry is starting, or moving from another seed.
            }
            catch (OperationCanceledException) when (ends.IsCancellationRequested)
            {
                // The cluster removed this seed before it knew a registry.
            }
        }

        return false;
    }

    /// <summary>Ends when the host ends: it was asked to, or its actors have ended.</summary>
    /// <param name="cancel">Asks it to end.</param>
    public Task UntilEndAsync(CancellationToken cancel) => _app.WaitForShutdownAsync(cancel);

    /// <summary>Ends: event streams are closed, other requests are given a moment, then the actors leave.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private static SeedServer Started(WebApplication app, SeedSettings settings)
    {
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var log = app.Services.GetRequiredService<ILogger<SeedServer>>();
        log.Listening(address);
        if (settings.Tls is null && !IPAddress.IsLoopback(settings.Address))
            log.ClearText(address);

        return new SeedServer(app, new Uri(address));
    }

    private static WebApplication Build(SeedSettings settings, Surroundings around, string? onlyRun)
    {
        // An empty builder: files and variables that web servers usually read could open an unwanted port.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, settings));
        if (settings.Tls is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();

        // An error that keeps the host from starting is thrown to its caller, which reports it in one line.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", Microsoft.Extensions.Logging.LogLevel.None);
        around.Logging?.Invoke(builder.Logging);
        // Before the actors: their first measurements are recorded, too.
        builder.AddTelemetry(around.Otlp, servesMetrics: true);
        around.Actors(builder.Services);
        Add(builder.Services, settings);
        if (around.Otlp is not null)
            builder.Services.AddHostedService<FiguresRefresh>();

        var app = builder.Build();
        var figures = app.Services.GetRequiredService<RequestFigures>();
        var log = app.Services.GetRequiredService<ILogger<SeedServer>>();
        new RequestPipeline(around.Token, "seed.token-file", figures, log).Use(app, limitsRates: true);
        Map(app, onlyRun);
        return app;
    }

    private static void Map(WebApplication app, string? onlyRun)
    {
        var (runs, nodes) = (app.MapGroup("/api/runs").WithTags("runs"), app.MapGroup("/api/nodes").WithTags("nodes"));
        var runEndpoints = app.Services.GetRequiredService<RunEndpoints>();
        var nodeEndpoints = app.Services.GetRequiredService<NodeEndpoints>();
        runEndpoints.Map(runs, onlyRun is null ? RunOrders.All : RunOrders.WhileItRuns);
        app.Services.GetRequiredService<EventStreams>().Map(runs);
        app.Services.GetRequiredService<RunForecasts>().Map(runs);
        nodeEndpoints.Map(nodes);
        if (onlyRun is null)
        {
            runEndpoints.MapSubmitting(runs);
            nodeEndpoints.MapDraining(nodes);
            nodeEndpoints.MapMembers(app.MapGroup("/api/members").WithTags("members"));
        }

        app.Services.GetRequiredService<ServiceEndpoints>().Map(app.MapGroup("").WithTags("seed"), onlyRun);
        app.Services.GetRequiredService<DashboardFiles>().Map(app);
    }

    private static void Add(IServiceCollection services, SeedSettings settings)
    {
        services.AddRoutingCore();
        services.AddRateLimiter(options => RateLimits.Apply(options, settings));
        services.AddOpenApi("v1", OpenApiText.Describe);
        services.ConfigureHttpJsonOptions(json => WireJson.Apply(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddSingleton(settings).AddSingleton<RequestFigures>().AddSingleton<RegistryLink>();
        services.AddSingleton<RunJournal>().AddSingleton<ClusterMembers>();
        services.AddSingleton<RunEndpoints>().AddSingleton<EventStreams>().AddSingleton<NodeEndpoints>().AddSingleton<ServiceEndpoints>();
        services.AddSingleton<RunForecasts>().AddSingleton<DashboardFiles>().AddSingleton<RegistryGauges>();
    }

    private static void Listen(KestrelServerOptions kestrel, SeedSettings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = settings.MaxBody;
        kestrel.Listen(settings.Address, settings.Port, listen =>
        {
            if (settings.Tls is { } tls)
            {
                var (certificate, chain) = Certificates.Load(tls);
                listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = certificate, ServerCertificateChain = chain });
            }
            else
            {
                listen.Protocols = HttpProtocols.Http1;
            }
        });
    }

    /// <summary>What a seed is started with besides its settings.</summary>
    private sealed record Surroundings(
        BearerToken? Token, OtlpTarget? Otlp, Action<IServiceCollection> Actors, Action<ILoggingBuilder>? Logging);
}
