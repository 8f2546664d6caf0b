using System.Globalization;
using System.Text.Json;
using Cairn.Actors.Runs;
using Cairn.Api.Wire;
using Cairn.Engine.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Cairn.Api.Server;

/// <summary>
/// A run's events, as in its journal: a page of JSON on request, otherwise a live stream (server-sent events,
/// WHATWG HTML §9.2). The id of an event is its sequence number in the journal, so a client that lost the stream resumes with
/// <c>Last-Event-ID</c>, at any seed. After the run's last event comes one named <c>end</c>, and the stream closes; a later request
/// gets 204, which stops a browser from reconnecting.
/// </summary>
internal sealed class EventStreams(
    RegistryLink registry, RunJournal journal, SeedSettings settings, RequestFigures figures, ILogger<EventStreams> log,
    IHostApplicationLifetime lifetime)
{
    private const int UsualPage = 500, MostOnPage = 5000;
    private const string LastEventId = "Last-Event-ID", Json = "application/json", Stream = "text/event-stream";

    public void Map(IEndpointRouteBuilder runs) => runs.MapGet("/{id}/events", ReadAsync)
        .WithName("ReadEvents").WithSummary(
            "A run's events, live (server-sent events, resumable by Last-Event-ID) or as a page")
        .Produces<EventWire>(StatusCodes.Status200OK, Stream).Produces<EventPage>(StatusCodes.Status200OK, Json)
        .Produces(StatusCodes.Status204NoContent).Problems(400, 404);

    /// <param name="context">The request.</param>
    /// <param name="id">The run.</param>
    /// <param name="after">Only events with greater numbers; the header Last-Event-ID takes precedence.</param>
    /// <param name="limit">Events per page of JSON, from 1 to 5000; 500 by default.</param>
    private async Task ReadAsync(HttpContext context, string id, long? after, int? limit)
    {
        var begin = Begin(context.Request, after);
        var run = await registry.AskAsync<RunDescription>(new DescribeRun(id), context.RequestAborted).ConfigureAwait(false);
        var accepted = context.Request.GetTypedHeaders().Accept;
        if (accepted.Any(a => a.MediaType == Json) && accepted.All(a => a.MediaType != Stream))
        {
            var page = await PageAsync(id, begin, limit ?? UsualPage, context.RequestAborted).ConfigureAwait(false);
            await context.Response.WriteAsJsonAsync(page, WireJson.Options, context.RequestAborted).ConfigureAwait(false);
            return;
        }

        if (!figures.TryOpenStream(settings.MaxStreams))
        {
            throw new RefusedException(StatusCodes.Status429TooManyRequests,
                $"{settings.MaxStreams} event streams are open (seed.max-streams). Try again later, or poll GET /api/runs/{id}.");
        }

        try
        {
            await StreamAsync(context, run.Run, begin).ConfigureAwait(false);
        }
        finally
        {
            figures.CloseStream();
        }
    }

    private async Task<EventPage> PageAsync(string id, long after, int limit, CancellationToken cancel)
    {
        if (limit is < 1 or > MostOnPage)
            throw new RefusedException(StatusCodes.Status400BadRequest, $"limit is {limit}; expected a number from 1 to {MostOnPage}.");

        // One more than the page's limit tells whether there is a next page.
        var events = new List<EventWire>();
        await foreach (var e in journal.ReadAsync(id, after, limit + 1, cancel).ConfigureAwait(false))
        {
            events.Add(EventWires.Of(id, e));
        }

        var shown = events.Take(limit).ToList();
        var next = events.Count > limit ? $"/api/runs/{Uri.EscapeDataString(id)}/events?limit={limit}&after={shown[^1].Number}" : null;
        return new EventPage(shown, next);
    }

    private async Task StreamAsync(HttpContext context, RunRow run, long after)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await SendAsync(context.Response, run, after, ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The seed ends; the client continues at another one.
            if (!context.Response.HasStarted)
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        catch (TransientException e) when (context.Response.HasStarted)
        {
            // The client asks again for a stream that ends without its last message.
            log.Unavailable(context.Request.Method, context.Request.Path, e.Message);
        }
    }

    private async Task SendAsync(HttpResponse response, RunRow run, long after, CancellationToken cancel)
    {
        // Events up to now; either the run's end is among them, or the live stream continues from there.
        JournaledEvent? last = null;
        await foreach (var e in journal.ReadAsync(run.Id, after, long.MaxValue, cancel).ConfigureAwait(false))
        {
            Begin(response);
            await response.WriteAsync(Text(run.Id, e), cancel).ConfigureAwait(false);
            last = e;
        }

        if (last is null && run.HasEnded)
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var end = last?.Event as RunClosed ?? await FollowAsync(response, run.Id, last?.Number ?? after, cancel).ConfigureAwait(false);
        var text = JsonSerializer.Serialize(new StreamEnd(end.State), WireJson.Options);
        await response.WriteAsync($"event: end\ndata: {text}\n\n", cancel).ConfigureAwait(false);
    }

    private async Task<RunClosed> FollowAsync(HttpResponse response, string id, long after, CancellationToken cancel)
    {
        Begin(response);
        await response.Body.FlushAsync(cancel).ConfigureAwait(false);
        await foreach (var next in journal.FollowAsync(id, after, settings.KeepAlive, cancel).ConfigureAwait(false))
        {
            await response.WriteAsync(next.HasValue ? Text(id, next.Value) : ": nothing new\n\n", cancel).ConfigureAwait(false);
            await response.Body.FlushAsync(cancel).ConfigureAwait(false);
            if (next is { HasValue: true, Value.Event: RunClosed closed })
                return closed;
        }

        throw new TransientException($"the journal of {id} ended before the run");
    }

    private static void Begin(HttpResponse response)
    {
        if (!response.HasStarted)
        {
            response.ContentType = Stream;
            // Proxies such as nginx buffer an answer unless this header forbids it.
            response.Headers["X-Accel-Buffering"] = "no";
        }
    }

    // Each is one line of JSON: a line break would end the field.
    private static string Text(string id, JournaledEvent e) => string.Create(
        CultureInfo.InvariantCulture, $"id: {e.Number}\ndata: {JsonSerializer.Serialize(EventWires.Of(id, e), WireJson.Options)}\n\n");

    private static long Begin(HttpRequest request, long? after)
    {
        if (!request.Headers.TryGetValue(LastEventId, out var last) || last.Count == 0 || string.IsNullOrEmpty(last[0]))
            return after ?? 0;

        return long.TryParse(last[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw new RefusedException(StatusCodes.Status400BadRequest,
                $"{LastEventId} is not a number. Send the id of the last event that you have, or nothing to start with the first.");
    }
}
