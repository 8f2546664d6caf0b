using Cairn.Actors.Cluster;
using Cairn.Actors.Runs;
using Cairn.Api.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Cairn.Api.Server;

/// <summary>Nodes, from the registry, and cluster members, as this seed sees them.</summary>
internal sealed class NodeEndpoints(RegistryLink registry, ClusterMembers membership)
{
    public void Map(IEndpointRouteBuilder nodes) => nodes.MapGet("", ListAsync).WithName("ListNodes")
        .WithSummary("The nodes, without those that have been gone for long").Problems();

    public void MapDraining(IEndpointRouteBuilder nodes)
    {
        nodes.MapPost("/{id}/drain", DrainAsync).WithName("DrainNode")
            .WithSummary("Make a node hand back its batches at the next boundary").Problems(404);
    }

    public void MapMembers(IEndpointRouteBuilder members)
    {
        members.MapGet("", () => TypedResults.Ok(new MemberPage([.. membership.Members().Select(Wires.Member)]))).WithName("ListMembers")
            .WithSummary("The cluster's members, as this seed sees them").Problems();
        members.MapPost("/remove", Remove).WithName("RemoveMember")
            .WithSummary("Remove a member that does not answer from the cluster").Problems(400, 404, 409);
    }

    private async Task<Ok<NodePage>> ListAsync(CancellationToken cancel)
    {
        var list = await registry.AskAsync<NodeList>(new ListNodes(), cancel).ConfigureAwait(false);
        return TypedResults.Ok(new NodePage([.. list.Nodes.Select(Wires.Node)], list.RegistryBegan));
    }

    private async Task<Accepted<Told>> DrainAsync(string id, CancellationToken cancel)
    {
        var told = await registry.AskAsync<DrainAccepted>(new DrainNode(id), cancel).ConfigureAwait(false);
        return TypedResults.Accepted("/api/nodes", new Told(told.Id));
    }

    /// <param name="address">The member's address as in the list of members, or its host and port.</param>
    private Accepted<Told> Remove(string address) => membership.Remove(address) is { } removed
        ? TypedResults.Accepted("/api/members", new Told(removed))
        : throw new RefusedException(
            StatusCodes.Status404NotFound, $"There is no member at {address}. GET /api/members lists the members.");
}
