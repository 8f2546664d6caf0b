using System.Globalization;
using System.Text.Json;
using Cairn.Actors.Seed;
using Cairn.Api.Wire;
using Cairn.Engine.Settings;
using Cairn.Storage.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Cairn.Api.Server;

/// <summary>
/// A run's events as they happen (server-sent events, WHATWG HTML §9.2): each with its number as id, so that a client that lost the stream
/// asks for the rest by <c>Last-Event-ID</c>. After the run's last event comes one named <c>end</c>, and the stream closes; who asks again
/// then gets 204, which tells a browser to leave it at that.
/// </summary>
internal sealed class EventStreams(
    RegistryLink registry, SeedSettings settings, RequestFigures figures, ILogger log, CancellationToken stopping)
{
    private const int Page = 500;
    private const string LastEventId = "Last-Event-ID";

    public void Map(IEndpointRouteBuilder runs) => runs.MapGet("/{id}/events", StreamAsync)
        .WithName("StreamEvents").WithSummary("A run's events as they happen (server-sent events, resumable by Last-Event-ID)")
        .Produces<EventWire>(StatusCodes.Status200OK, "text/event-stream").Produces(StatusCodes.Status204NoContent)
        .Problems(400, 404);

    /// <param name="context">The request.</param>
    /// <param name="id">The run.</param>
    /// <param name="after">Only events with greater numbers; the header Last-Event-ID goes before it.</param>
    private async Task StreamAsync(HttpContext context, string id, long? after)
    {
        if (!figures.TryOpenStream(settings.MaxStreams))
        {
            throw new RefusedException(StatusCodes.Status429TooManyRequests,
                $"{settings.MaxStreams} event streams are open (seed.max-streams). Try again later, or ask GET /api/runs/{id} at times.");
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await SendAsync(context.Response, id, Begin(context.Request, after), ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The seed ends; the client goes on at another one, or at the next.
            var response = context.Response;
            response.StatusCode = response.HasStarted ? response.StatusCode : StatusCodes.Status503ServiceUnavailable;
        }
        catch (Exception e) when (e is (TransientException or AskTimeoutException) && context.Response.HasStarted)
        {
            // A stream that ends without its last message is asked for again by its client.
            log.Unavailable(context.Request.Method, context.Request.Path, e.Message);
        }
        finally
        {
            figures.CloseStream();
        }
    }

    private async Task SendAsync(HttpResponse response, string id, long after, CancellationToken cancel)
    {
        // The first answer does not wait, so that what is wrong with the request is told by a status.
        var answer = await ReadAsync(id, after, TimeSpan.Zero, cancel).ConfigureAwait(false);
        if (IsEnd(answer))
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        response.ContentType = "text/event-stream";
        // Proxies such as nginx gather an answer before they pass it on, unless they are told not to.
        response.Headers["X-Accel-Buffering"] = "no";
        for (; !IsEnd(answer); answer = await ReadAsync(id, after, settings.KeepAlive, cancel).ConfigureAwait(false))
        {
            await response.WriteAsync(answer.Events.Count == 0 ? ": nothing new\n\n" : Text(answer.Events), cancel).ConfigureAwait(false);
            await response.Body.FlushAsync(cancel).ConfigureAwait(false);
            after = answer.Events.Count == 0 ? after : answer.Events[^1].Number;
        }

        var end = JsonSerializer.Serialize(new StreamEnd(answer.State), WireJson.Options);
        await response.WriteAsync($"event: end\ndata: {end}\n\n", cancel).ConfigureAwait(false);
    }

    private Task<RunEvents> ReadAsync(string id, long after, TimeSpan patience, CancellationToken cancel) =>
        registry.AskAsync<RunEvents>(new ReadEvents(id, after, Page, patience), patience, cancel);

    private static bool IsEnd(RunEvents answer) =>
        answer.Events.Count == 0 && answer.State is (RunState.Completed or RunState.Failed or RunState.Cancelled);

    // One line of JSON each: a line end inside would end the field.
    private static string Text(IEnumerable<LedgerEvent> events) => string.Concat(events.Select(e => string.Create(
        CultureInfo.InvariantCulture, $"id: {e.Number}\ndata: {JsonSerializer.Serialize(Wires.Event(e), WireJson.Options)}\n\n")));

    private static long Begin(HttpRequest request, long? after)
    {
        if (!request.Headers.TryGetValue(LastEventId, out var last) || last.Count == 0 || string.IsNullOrEmpty(last[0]))
        {
            return after ?? 0;
        }

        return long.TryParse(last[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw new RefusedException(StatusCodes.Status400BadRequest,
                $"{LastEventId} is no number. Send the id of the last event that you have, or nothing to begin with the first.");
    }
}
