using Cairn.Api.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Server;

/// <summary>Lists in the OpenAPI document the problems that an endpoint may answer with.</summary>
internal static class EndpointProblems
{
    private static readonly int[] OfAll =
        [StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable];

    /// <param name="endpoint">The endpoint.</param>
    /// <param name="statuses">Its statuses, besides those that every endpoint may answer with.</param>
    public static RouteHandlerBuilder Problems(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (var status in OfAll.Concat(statuses).Order())
            endpoint.Produces<Problem>(status, Problem.ContentType);

        return endpoint;
    }
}
