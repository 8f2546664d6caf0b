using System.Net;
using System.Net.Sockets;
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

/// <summary>A seed's HTTP API: translates requests to messages to a registry, and its answers back. It decides nothing itself.</summary>
public sealed class SeedServer : IAsyncDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);
    private readonly WebApplication _app;

    private SeedServer(WebApplication app, Uri address) => (_app, Address) = (app, address);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="settings">Where, and within which limits.</param>
    /// <param name="token">What requests must carry; null for none, on loopback only.</param>
    /// <param name="registry">Who answers: a <c>LedgerRegistry</c>.</param>
    /// <param name="logging">Where to log to; null for nowhere.</param>
    /// <exception cref="SpecException">The settings would leave the seed open to anybody, or cannot be carried out.</exception>
    public static async Task<SeedServer> StartAsync(
        SeedSettings settings, BearerToken? token, IActorRef registry, Action<ILoggingBuilder>? logging = null)
    {
        if (token is null && !IPAddress.IsLoopback(settings.Address))
        {
            throw new SpecException(
                $"seed.address is {settings.Address}, which other machines reach, and there is no bearer token: anybody could submit runs. "
                + $"Give it a token in seed.token-file or ${BearerToken.Variable}, or listen on 127.0.0.1.");
        }

        var app = Build(settings, token, registry, logging);
        try
        {
            await app.StartAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw new SpecException(
                $"cannot listen on {settings.Address}, port {settings.Port}: {e.Message} Choose others by seed.address and seed.port.", e);
        }

        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var log = app.Services.GetRequiredService<ILogger<SeedServer>>();
        log.Listening(address);
        if (settings.Tls is null && !IPAddress.IsLoopback(settings.Address))
        {
            log.ClearText(address);
        }

        return new SeedServer(app, new Uri(address));
    }

    /// <summary>Ends: event streams are closed, other requests are given a moment.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private static WebApplication Build(
        SeedSettings settings, BearerToken? token, IActorRef registry, Action<ILoggingBuilder>? logging)
    {
        // An empty builder: files and variables that web servers usually obey could open a port that nobody asked for.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, settings));
        if (settings.Tls is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        logging?.Invoke(builder.Logging);
        builder.Services.AddRoutingCore();
        builder.Services.AddRateLimiter(options => RateLimits.Apply(options, settings));
        builder.Services.AddOpenApi("v1", OpenApiText.Describe);
        builder.Services.ConfigureHttpJsonOptions(json => WireJson.Apply(json.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Farewell);

        var app = builder.Build();
        var figures = new RequestFigures();
        var log = app.Services.GetRequiredService<ILogger<SeedServer>>();
        new RequestPipeline(token, figures, log).Use(app);
        Map(app, settings, new RegistryLink(registry, settings), (figures, log));
        return app;
    }

    private static void Map(WebApplication app, SeedSettings settings, RegistryLink link, (RequestFigures Figures, ILogger Log) keep)
    {
        var (figures, log) = keep;
        var runs = app.MapGroup("/api/runs").WithTags("runs");
        new RunEndpoints(link, settings).Map(runs);
        new EventStreams(link, settings, figures, log, app.Lifetime.ApplicationStopping).Map(runs);
        new NodeEndpoints(link).Map(app.MapGroup("/api/nodes").WithTags("nodes"));
        new ServiceEndpoints(link, figures).Map(app.MapGroup("").WithTags("seed"));
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
}
