using System.Net;
using Cairn.Api.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Cairn.Api.Server;

/// <summary>The middleware in front of the endpoints.</summary>
/// <param name="token">The token that requests must have; null for none.</param>
/// <param name="tokenSetting">The setting that names its file.</param>
/// <param name="figures">Counts requests.</param>
/// <param name="log">Logs errors that are not the client's.</param>
internal sealed class RequestPipeline(BearerToken? token, string tokenSetting, RequestFigures figures, ILogger log)
{
    private static readonly string[] OpenToAll = ["/healthz", "/readyz"];

    /// <summary>Whether a request needs no token.</summary>
    private static bool IsOpen(HttpContext context) => IsProbe(context) || DashboardFiles.IsAsked(context);

    /// <summary>Whether a request is a health probe, which has neither token nor limit.</summary>
    public static bool IsProbe(HttpContext context) => OpenToAll.Contains(context.Request.Path.Value);

    /// <param name="app">The server.</param>
    /// <param name="limitsRates">Whether requests are rate-limited; the server has a limiter then.</param>
    public void Use(WebApplication app, bool limitsRates)
    {
        app.Use(CountAsync);
        app.Use(ExplainAsync);
        if (limitsRates)
            app.UseRateLimiter();

        app.Use(CheckOriginAsync);
        app.Use(CheckTokenAsync);
        app.UseRouting();
    }

    private async Task CountAsync(HttpContext context, RequestDelegate next)
    {
        await next(context).ConfigureAwait(false);
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.TrimEnd('/') ?? "none";
        var method = context.Request.Method is "GET" or "HEAD" or "POST" ? context.Request.Method : "other";
        figures.Count(method, route, context.Response.StatusCode);
    }

    private async Task ExplainAsync(HttpContext context, RequestDelegate next)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await next(context).ConfigureAwait(false);
            if (response.StatusCode >= StatusCodes.Status400BadRequest && !response.HasStarted)
                await Problems.WriteAsync(context, Problems.Of(response.StatusCode)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone. The metrics count this status, unless the answer, a stream, had started: its status
            // is fixed then.
            if (!response.HasStarted)
                response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception error) when (!response.HasStarted)
        {
            var problem = Problems.Of(error);
            if (problem.Status == StatusCodes.Status500InternalServerError)
                log.Unexplained(error, request.Method, request.Path);
            else if (problem.Status == StatusCodes.Status503ServiceUnavailable)
                log.Unavailable(request.Method, request.Path, error.Message);

            await Problems.WriteAsync(context, problem).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Without a token, any process on this machine may send requests, and so may a browser on behalf of any web page. Such requests
    /// have a foreign origin, or address this machine by an unknown name (DNS rebinding). This server's own page is allowed.
    /// </summary>
    private async Task CheckOriginAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Request.Headers;
        var host = context.Request.Host.Host.Trim('[', ']');
        var isNamedHere = host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
        var own = $"{context.Request.Scheme}://{context.Request.Host}";
        if (token is null && !IsOpen(context) && (!isNamedHere || headers.Origin.Any(origin => origin != own)
            || headers["Sec-Fetch-Site"].Any(site => site is not ("none" or "same-origin"))))
        {
            throw new RefusedException(StatusCodes.Status403Forbidden,
                "This server has no bearer token, so it serves only clients on its own machine, and no web page except its own. Address "
                + $"it as http://127.0.0.1, or give it a token ({tokenSetting}).");
        }

        await next(context).ConfigureAwait(false);
    }

    private async Task CheckTokenAsync(HttpContext context, RequestDelegate next)
    {
        if (token is not null && !IsOpen(context) && !token.IsIn(context.Request.Headers.Authorization))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            throw new RefusedException(StatusCodes.Status401Unauthorized, context.Request.Headers.Authorization.Count == 0
                ? "This server requires a bearer token, and the request has none. Send it as \"Authorization: Bearer TOKEN\"; the "
                    + "commands of cairn take it from $CAIRN_TOKEN."
                : "The bearer token of this request is wrong. Ask the operator of this server for the right one.");
        }

        await next(context).ConfigureAwait(false);
    }
}
