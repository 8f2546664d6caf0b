using System.Text;
using Cairn.Actors.Runs;
using Cairn.Engine.Runs;
using Cairn.Engine.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cairn.Api.Server;

/// <summary>Reads the bodies of requests.</summary>
internal static class Requests
{
    public const string IdempotencyKey = "Idempotency-Key";
    private const int LongestKey = 200;
    private const long MostDiscarded = 128 << 20;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static async Task<SubmitRun> SubmissionAsync(HttpRequest request, SeedSettings settings, CancellationToken cancel)
    {
        var format = Format(request.ContentType);
        var key = Key(request);
        var body = await BodyAsync(request, settings.MaxBody, cancel).ConfigureAwait(false);
        try
        {
            return new SubmitRun(StrictUtf8.GetString(body), format, key);
        }
        catch (DecoderFallbackException)
        {
            throw new RefusedException(
                StatusCodes.Status400BadRequest, "The body is not UTF-8 text. Expected a spec, HOCON, JSON or YAML, in UTF-8.");
        }
    }

    private static SpecFormat Format(string? contentType) => contentType?.Split(';')[0].Trim().ToLowerInvariant() switch
    {
        "application/json" => SpecFormat.Json,
        "application/hocon" => SpecFormat.Hocon,
        "application/yaml" => SpecFormat.Yaml,          // RFC 9512
        null or "" => throw Unsupported("The request has no Content-Type."),
        var other => throw Unsupported($"Found Content-Type {other}."),
    };

    private static RefusedException Unsupported(string found) => new(StatusCodes.Status415UnsupportedMediaType,
        $"{found} Expected application/json, application/yaml or application/hocon, as the spec is written.");

    private static string? Key(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(IdempotencyKey, out var values))
            return null;

        return values is [{ Length: > 0 and <= LongestKey } key] && key.All(c => c is > ' ' and <= '~') ? key
            : throw new RefusedException(StatusCodes.Status400BadRequest,
                $"{IdempotencyKey} must be 1 to {LongestKey} visible ASCII characters, once, such as a UUID.");
    }

    private static async Task<byte[]> BodyAsync(HttpRequest request, int most, CancellationToken cancel)
    {
        // Enforced here instead of by the server, so that the rest can be read and the client gets the answer.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;

        if (request.ContentLength > most)
        {
            await DiscardAsync(request, cancel).ConfigureAwait(false);
            throw TooLarge(most);
        }

        using var body = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (int read; (read = await request.Body.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0;)
        {
            body.Write(buffer, 0, read);
            if (body.Length > most)
            {
                await DiscardAsync(request, cancel).ConfigureAwait(false);
                throw TooLarge(most);
            }
        }

        return body.Length > 0 ? body.ToArray()
            : throw new RefusedException(StatusCodes.Status400BadRequest, "The body is empty. Expected a run's spec, HOCON, JSON or YAML.");
    }

    /// <summary>
    /// Reads and discards what a client still sends, up to a limit: most clients read no answer before they have sent everything, and
    /// would report a broken connection instead of the reason.
    /// </summary>
    private static async Task DiscardAsync(HttpRequest request, CancellationToken cancel)
    {
        if (request.Headers.Expect.Count > 0)
            return;

        var buffer = new byte[64 << 10];
        long taken = 0;
        for (int read; taken < MostDiscarded && (read = await request.Body.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0;)
            taken += read;
    }

    private static RefusedException TooLarge(int most) => new(StatusCodes.Status413PayloadTooLarge,
        $"The body is larger than {most} bytes (seed.max-body). A spec has some kilobytes; data belongs in files that it names.");
}
