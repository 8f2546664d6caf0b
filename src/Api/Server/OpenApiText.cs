using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Cairn.Api.Server;

/// <summary>General texts of the OpenAPI document.</summary>
internal static class OpenApiText
{
    private const string Scheme = "bearer";

    public static void Describe(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info = new OpenApiInfo
        {
            Title = "Cairn",
            Version = "1",
            Description = "Submits checkpointed rollouts to a cluster, and reports their progress.",
        };
        // The client knows the seed's address.
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = Scheme },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
        return Task.CompletedTask;
    });
}
