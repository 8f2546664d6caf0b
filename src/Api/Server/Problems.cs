using System.Globalization;
using Cairn.Api.Wire;
using Cairn.Engine.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Cairn.Api.Server;

/// <summary>A refused request; thrown where the reason is found.</summary>
internal sealed class RefusedException(int status, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    /// <summary>The mistakes of a spec; empty if no spec is at fault.</summary>
    public IReadOnlyList<SpecMistake> Mistakes { get; private init; } = [];

    /// <summary>Refuses a spec: its text, if no setting could be read, otherwise its settings.</summary>
    public static RefusedException Of(IReadOnlyList<SpecMistake> mistakes) => new(
        mistakes.All(m => m.Key.Length == 0) ? StatusCodes.Status400BadRequest : StatusCodes.Status422UnprocessableEntity,
        (mistakes.Count == 1 ? "There is 1 mistake" : string.Create(CultureInfo.InvariantCulture, $"There are {mistakes.Count} mistakes"))
        + " in the spec, listed in errors. Nothing was submitted.") { Mistakes = mistakes };
}

/// <summary>Turns errors into problem documents, without stack traces.</summary>
internal static class Problems
{
    private const string RegistryIsAway =
        "The registry of runs does not answer at the moment; active batches continue. Send the request again later, with the same "
        + "Idempotency-Key.";

    /// <summary>The problem document of an error.</summary>
    public static Problem Of(Exception error) => error switch
    {
        RefusedException refused => Make(refused.Status, refused.Message) with
        {
            Errors = refused.Mistakes.Count > 0 ? Wires.Mistakes(refused.Mistakes) : null,
        },
        SpecException conflict => Make(StatusCodes.Status409Conflict, conflict.Message),
        TransientException or AskTimeoutException => Make(StatusCodes.Status503ServiceUnavailable, RegistryIsAway),
        BadHttpRequestException bad => Make(bad.StatusCode, bad.Message),
        _ => Make(StatusCodes.Status500InternalServerError,
            "An unexpected error; the seed's log has the details."),
    };

    /// <summary>The problem document of a bare status.</summary>
    public static Problem Of(int status) => Make(status, status switch
    {
        StatusCodes.Status404NotFound => "There is nothing at this address. /openapi.json lists every address.",
        StatusCodes.Status415UnsupportedMediaType =>
            "This address does not accept this type of body. Expected a run's spec, application/json, application/yaml or "
            + "application/hocon.",
        StatusCodes.Status405MethodNotAllowed => "This address does not accept this method. /openapi.json lists the methods of each "
            + "address.",
        StatusCodes.Status503ServiceUnavailable => "This seed is stopping. Ask another one, or this one later.",
        _ => ReasonPhrases.GetReasonPhrase(status) + ".",
    });

    public static Problem Make(int status, string detail) =>
        new() { Status = status, Title = ReasonPhrases.GetReasonPhrase(status), Detail = detail };

    public static async Task WriteAsync(HttpContext context, Problem problem)
    {
        context.Response.StatusCode = problem.Status;
        if (problem.Status is StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = "2";

        await context.Response.WriteAsJsonAsync(
            problem with { Instance = context.Request.Path }, WireJson.Options, Problem.ContentType, context.RequestAborted)
            .ConfigureAwait(false);
    }
}
