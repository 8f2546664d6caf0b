using Cairn.Actors.Runs;
using Cairn.Api.Wire;
using Cairn.Engine.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Cairn.Api.Server;

/// <summary>Runs: submission, lists, details and orders.</summary>
internal sealed class RunEndpoints(RegistryLink registry, SeedSettings settings)
{
    private const int UsualPage = 50, MostOnPage = 500;

    public void MapSubmitting(IEndpointRouteBuilder runs)
    {
        runs.MapPost("", SubmitAsync).WithName("SubmitRun").WithSummary("Submit a run")
            .WithDescription("Takes a whole spec with absolute paths, HOCON, JSON or YAML. "
                + "The same Idempotency-Key twice gives the same run.")
            .Accepts<string>("application/hocon", "application/json", "application/yaml")
            .Problems(400, 409, 413, 415, 422);
        runs.MapPost("/check", CheckAsync).WithName("CheckRun").WithSummary("Show the resolved settings of a spec, or all of its mistakes")
            .WithDescription("Reads a spec as submitting it would, and submits nothing.")
            .Accepts<string>("application/hocon", "application/json", "application/yaml")
            .Problems(400, 413, 415, 422);
    }

    public void Map(IEndpointRouteBuilder runs, IEnumerable<(string Name, string Purpose, Func<string, object> Message)> orders)
    {
        runs.MapGet("", ListAsync).WithName("ListRuns").WithSummary("List runs, the newest first").Problems(400);
        runs.MapGet("/{id}", DescribeAsync).WithName("DescribeRun").WithSummary("Everything about a run").Problems(404);
        foreach (var (name, purpose, message) in orders)
        {
            runs.MapPost($"/{{id}}/{name}", (string id, CancellationToken cancel) => TellAsync(message(id), cancel))
                .WithName(char.ToUpperInvariant(name[0]) + name[1..] + "Run").WithSummary(purpose).Problems(404, 409);
        }
    }

    private async Task<Accepted<Submitted>> SubmitAsync(HttpRequest request, CancellationToken cancel)
    {
        var submission = await Requests.SubmissionAsync(request, settings, cancel).ConfigureAwait(false);
        var entered = await registry.AskAsync<RunAccepted>(submission, cancel).ConfigureAwait(false);
        return TypedResults.Accepted(Address(entered.Id), new Submitted(entered.Id, entered.IsNew));
    }

    private async Task<Ok<CheckedSpec>> CheckAsync(HttpRequest request, CancellationToken cancel)
    {
        var submission = await Requests.SubmissionAsync(request, settings, cancel).ConfigureAwait(false);
        var read = await registry.AskAsync<SpecChecked>(new CheckSpec(submission.Spec, submission.Format), cancel).ConfigureAwait(false);
        return TypedResults.Ok(Wires.Checked(read));
    }

    /// <param name="limit">Runs per page, from 1 to 500; 50 by default.</param>
    /// <param name="before">Only runs submitted before the one with this id.</param>
    /// <param name="cancel">Cancels the request.</param>
    private async Task<Ok<RunPage>> ListAsync(int? limit, string? before, CancellationToken cancel)
    {
        var most = limit ?? UsualPage;
        if (most is < 1 or > MostOnPage)
            throw new RefusedException(StatusCodes.Status400BadRequest, $"limit is {most}; expected a number from 1 to {MostOnPage}.");

        // One more than the page's limit tells whether there is a next page.
        var list = await registry.AskAsync<RunList>(new ListRuns(most + 1, before), cancel).ConfigureAwait(false);
        var shown = list.Runs.Take(most).ToList();
        var next = list.Runs.Count > most ? $"/api/runs?limit={most}&before={Uri.EscapeDataString(shown[^1].Id)}" : null;
        return TypedResults.Ok(new RunPage(
            [.. shown.Select(run => Wires.Summary(run, list.Paces.GetValueOrDefault(run.Id)))], next));
    }

    /// <param name="id">The run.</param>
    /// <param name="brief">Omits attempts.</param>
    /// <param name="cancel">Cancels the request.</param>
    private async Task<Ok<RunDetail>> DescribeAsync(string id, bool? brief, CancellationToken cancel)
    {
        var run = await registry.AskAsync<RunDescription>(new DescribeRun(id), cancel).ConfigureAwait(false);
        var batches = new List<BatchRow>();
        for (var hasMore = true; hasMore;)
        {
            var after = batches.Count == 0 ? (int?)null : batches[^1].Batch.First;
            var list = await registry.AskAsync<BatchList>(new ListBatches(id, after), cancel).ConfigureAwait(false);
            batches.AddRange(list.Batches);
            hasMore = list.HasMore;
        }

        return TypedResults.Ok(Wires.Detail(run, batches, withAttempts: brief != true));
    }

    private async Task<Accepted<Told>> TellAsync(object command, CancellationToken cancel)
    {
        var told = await registry.AskAsync<CommandAccepted>(command, cancel).ConfigureAwait(false);
        return TypedResults.Accepted(Address(told.Id), new Told(told.Id));
    }

    private static string Address(string id) => $"/api/runs/{Uri.EscapeDataString(id)}";
}
