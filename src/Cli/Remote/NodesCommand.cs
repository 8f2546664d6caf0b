using System.CommandLine;
using Cairn.Api.Client;
using Cairn.Api.Wire;

namespace Cairn.Cli.Remote;

/// <summary><c>cairn nodes</c>: the cluster's members and nodes; <c>cairn nodes remove ADDRESS</c>: removes one by hand.</summary>
internal static class NodesCommand
{
    public static Command Build()
    {
        var (seed, json) = (new SeedOptions(), new JsonOption());
        var command = new Command("nodes", "Show the cluster's members, as the seed sees them, and its nodes.") { Remove() };
        json.AddTo(command);
        seed.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = seed.Client(parsed);
            var output = parsed.InvocationConfiguration.Output;
            var members = await client.MembersAsync(cancel).ConfigureAwait(false);
            var (nodes, silence) = await NodesAsync(client, cancel).ConfigureAwait(false);
            if (json.IsIn(parsed))
            {
                JsonOption.Write(output, new { members.Members, nodes?.Nodes, Registry = silence });
                return;
            }

            await output.WriteAsync(NodeTables.Members(members) + '\n').ConfigureAwait(false);
            await output.WriteAsync(nodes is null ? $"{silence}\n" : NodeTables.Nodes(nodes)).ConfigureAwait(false);
        });
        return command;
    }

    private static Command Remove()
    {
        var address = new Argument<string>("ADDRESS") { Description = "The member's address, HOST:PORT, as \"cairn nodes\" shows it." };
        var seed = new SeedOptions();
        var command = new Command(
            "remove",
            "Remove a member that will never answer again from the cluster. A single seed that moved to another address needs this.")
        {
            address,
        };
        seed.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = seed.Client(parsed);
            var removed = await client.RemoveMemberAsync(parsed.GetRequiredValue(address), cancel).ConfigureAwait(false);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{removed.Id} is removed from the cluster").ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>The nodes, or why there are none: after a seed has moved, the cluster has members before it has a registry.</summary>
    private static async Task<(NodePage? Nodes, string? Silence)> NodesAsync(SeedClient client, CancellationToken cancel)
    {
        try
        {
            return (await client.NodesAsync(cancel).ConfigureAwait(false), null);
        }
        catch (TransientException e)
        {
            return (null, e.Message);
        }
    }
}
