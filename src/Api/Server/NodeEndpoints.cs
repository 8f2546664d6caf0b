using Cairn.Actors.Seed;
using Cairn.Api.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Cairn.Api.Server;

/// <summary>Nodes: listing and draining.</summary>
internal sealed class NodeEndpoints(RegistryLink registry)
{
    public void Map(IEndpointRouteBuilder nodes)
    {
        nodes.MapGet("", ListAsync).WithName("ListNodes").WithSummary("The nodes, those that are gone for long left out").Problems();
        nodes.MapPost("/{id}/drain", DrainAsync).WithName("DrainNode")
            .WithSummary("Ask a node to hand back its batches at the next boundary").Problems(404);
    }

    private async Task<Ok<NodePage>> ListAsync(CancellationToken cancel)
    {
        var list = await registry.AskAsync<NodeList>(new ListNodes(), cancel).ConfigureAwait(false);
        return TypedResults.Ok(new NodePage([.. list.Nodes.Select(Wires.Node)]));
    }

    private async Task<Accepted<Told>> DrainAsync(string id, CancellationToken cancel)
    {
        var told = await registry.AskAsync<NodeTold>(new DrainNode(id), cancel).ConfigureAwait(false);
        return TypedResults.Accepted("/api/nodes", new Told(told.Id));
    }
}
