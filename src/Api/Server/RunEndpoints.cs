using Cairn.Actors.Seed;
using Cairn.Api.Wire;
using Cairn.Engine.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Cairn.Api.Server;

/// <summary>Runs: submitting, listing, telling, cancelling, trying again.</summary>
internal sealed class RunEndpoints(RegistryLink registry, SeedSettings settings)
{
    private const int UsualPage = 50, MostOnPage = 500;

    public void Map(IEndpointRouteBuilder runs)
    {
        runs.MapPost("", SubmitAsync).WithName("SubmitRun").WithSummary("Submit a run")
            .WithDescription("Takes a whole spec with absolute paths, HOCON or JSON. The same Idempotency-Key twice gives the same run.")
            .Accepts<string>("application/hocon", "application/json")
            .Problems(400, 409, 413, 415, 422);
        runs.MapGet("", ListAsync).WithName("ListRuns").WithSummary("List runs, the newest first").Problems(400);
        runs.MapGet("/{id}", DescribeAsync).WithName("DescribeRun").WithSummary("All that there is of a run").Problems(404);
        runs.MapPost("/{id}/cancel", CancelAsync).WithName("CancelRun").WithSummary("Stop a run at its next boundaries")
            .Problems(404, 409);
        runs.MapPost("/{id}/retry", RetryAsync).WithName("RetryRun")
            .WithSummary("Give the batches of a run that failed or were cancelled another try").Problems(404, 409);
    }

    private async Task<Accepted<Submitted>> SubmitAsync(HttpRequest request, CancellationToken cancel)
    {
        var submission = await Requests.SubmissionAsync(request, settings, cancel).ConfigureAwait(false);
        var entered = await registry.AskAsync<RunEntered>(submission, cancel).ConfigureAwait(false);
        return TypedResults.Accepted(Address(entered.Id), new Submitted(entered.Id, entered.IsNew));
    }

    /// <param name="limit">How many to a page, from 1 to 500; 50 by default.</param>
    /// <param name="before">Only runs that were submitted before the one of this id.</param>
    /// <param name="cancel">Gives up.</param>
    private async Task<Ok<RunPage>> ListAsync(int? limit, string? before, CancellationToken cancel)
    {
        var most = limit ?? UsualPage;
        if (most is < 1 or > MostOnPage)
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, $"limit is {most}; expected a number from 1 to {MostOnPage}.");
        }

        // One more than is shown tells whether there is a next page.
        var list = await registry.AskAsync<RunList>(new ListRuns(most + 1, before), cancel).ConfigureAwait(false);
        var shown = list.Runs.Take(most).ToList();
        var next = list.Runs.Count > most ? $"/api/runs?limit={most}&before={Uri.EscapeDataString(shown[^1].RunId)}" : null;
        return TypedResults.Ok(new RunPage([.. shown.Select(Wires.Summary)], next));
    }

    /// <param name="id">The run.</param>
    /// <param name="brief">Leaves out attempts and sessions.</param>
    /// <param name="cancel">Gives up.</param>
    private async Task<Ok<RunDetail>> DescribeAsync(string id, bool? brief, CancellationToken cancel) => TypedResults.Ok(Wires.Detail(
        await registry.AskAsync<RunDescription>(new DescribeRun(id, WithHistory: brief != true), cancel).ConfigureAwait(false)));

    private Task<Accepted<Told>> CancelAsync(string id, CancellationToken cancel) => TellAsync(new CancelRun(id), cancel);

    private Task<Accepted<Told>> RetryAsync(string id, CancellationToken cancel) => TellAsync(new RetryRun(id), cancel);

    private async Task<Accepted<Told>> TellAsync(object command, CancellationToken cancel)
    {
        var told = await registry.AskAsync<RunTold>(command, cancel).ConfigureAwait(false);
        return TypedResults.Accepted(Address(told.Id), new Told(told.Id));
    }

    private static string Address(string id) => $"/api/runs/{Uri.EscapeDataString(id)}";
}
