using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Cairn.Api.Wire;

namespace Cairn.Api.Client;

/// <summary>Turns refusals and connection errors into sentences that say what to do next.</summary>
internal static class SeedAnswers
{
    /// <summary>Whether an error means that the seed could not be reached or went away.</summary>
    public static bool IsBroken(Exception error, CancellationToken cancel) => error is HttpRequestException or IOException
        || (error is OperationCanceledException && !cancel.IsCancellationRequested);

    public static CairnException Unreachable(Uri seed, Exception cause) => new TransientException(
        $"no seed answers at {seed.GetLeftPart(UriPartial.Authority)}: {Reason(cause)} Start one with \"cairn seed\", or name another "
        + "with --seed URL or $CAIRN_SEED. Active batches continue without a seed.", cause);

    public static CairnException Strange(Uri seed, string found, Exception? cause = null) => new SpecException(
        $"the server at {seed.GetLeftPart(UriPartial.Authority)} is not a seed of this version: {found} Name the seed with --seed URL or "
        + "$CAIRN_SEED.", cause);

    /// <summary>The error for an unsuccessful answer.</summary>
    public static async Task<CairnException> RefusalAsync(Uri seed, HttpResponseMessage response, CancellationToken cancel)
    {
        if (await ProblemAsync(response, cancel).ConfigureAwait(false) is not { Detail: { } detail } problem)
        {
            var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            return Strange(seed, $"status {status} without a problem document.");
        }

        var at = seed.GetLeftPart(UriPartial.Authority);
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => new SpecException(
                $"the seed at {at} denied access: {detail} Give the token in $CAIRN_TOKEN or with --token-file FILE."),
            HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                new TransientException($"the seed at {at}: {detail}"),
            _ when problem.Errors is { } errors => new SpecException(
                $"the seed at {at} refused the spec:\n" + string.Join('\n', errors.Select(e => "  " + e.Message))),
            _ => new SpecException(detail),
        };
    }

    private static async Task<Problem?> ProblemAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        try
        {
            return response.Content.Headers.ContentType?.MediaType == Problem.ContentType
                ? await response.Content.ReadFromJsonAsync<Problem>(WireJson.Options, cancel).ConfigureAwait(false)
                : null;
        }
        catch (Exception e) when (e is JsonException or IOException or HttpRequestException)
        {
            // Treated as no problem document.
            return null;
        }
    }

    private static string Reason(Exception cause)
    {
        var text = cause is OperationCanceledException ? "it did not answer in time" : (cause.InnerException ?? cause).Message;
        return text.TrimEnd('.') + ".";
    }
}
