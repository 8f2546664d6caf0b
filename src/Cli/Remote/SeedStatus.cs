using Cairn.Api.Client;

namespace Cairn.Cli.Remote;

/// <summary>The status of runs and nodes, from a seed.</summary>
internal static class SeedStatus
{
    private const int ShownRuns = 20;

    /// <summary>All runs and nodes; or one run, and whether it has ended.</summary>
    /// <param name="client">The client of the seed.</param>
    /// <param name="run">The run's id; null for all.</param>
    /// <param name="asJson">Whether to return a line of JSON.</param>
    /// <param name="cancel">Cancels the request.</param>
    public static async Task<(string Text, bool Ended)> ReadAsync(
        SeedClient client, string? run, bool asJson, CancellationToken cancel)
    {
        if (run is not null)
        {
            var detail = await client.RunAsync(run, brief: false, cancel).ConfigureAwait(false);
            return (asJson ? JsonOption.Line(detail) + '\n' : RunTables.Run(detail), detail.EndedAt is not null);
        }

        var runs = await client.RunsAsync(ShownRuns, cancel).ConfigureAwait(false);
        var nodes = await client.NodesAsync(cancel).ConfigureAwait(false);
        return (asJson ? JsonOption.Line(new { runs.Runs, nodes.Nodes }) + '\n' : RunTables.Overview(runs, nodes), false);
    }
}
