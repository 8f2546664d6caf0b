using System.CommandLine;
using Cairn.Api.Client;

namespace Cairn.Cli.Remote;

/// <summary><c>cairn nodes</c>: the cluster's members and nodes; <c>cairn nodes remove ADDRESS</c>: takes one out by hand.</summary>
internal static class NodesCommand
{
    public static Command Build()
    {
        var seed = new SeedOptions();
        var command = new Command("nodes", "Show the cluster's members, as the seed sees them, and its nodes.") { Remove() };
        seed.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = seed.Client(parsed);
            var output = parsed.InvocationConfiguration.Output;
            var members = await client.MembersAsync(cancel).ConfigureAwait(false);
            await output.WriteAsync(NodeTables.Members(members)).ConfigureAwait(false);
            await output.WriteAsync(await NodesAsync(client, cancel).ConfigureAwait(false)).ConfigureAwait(false);
        });
        return command;
    }

    private static Command Remove()
    {
        var address = new Argument<string>("ADDRESS") { Description = "The member's address, HOST:PORT, as \"cairn nodes\" shows it." };
        var seed = new SeedOptions();
        var command = new Command(
            "remove",
            "Take a member that does not answer, and never will, out of the cluster. A lone seed that moved to another address needs it.")
        {
            address,
        };
        seed.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = seed.Client(parsed);
            var removed = await client.RemoveMemberAsync(parsed.GetRequiredValue(address), cancel).ConfigureAwait(false);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{removed.Id} is taken out of the cluster").ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>A seed that has moved has members before it has a registry.</summary>
    private static async Task<string> NodesAsync(SeedClient client, CancellationToken cancel)
    {
        try
        {
            return "\n" + NodeTables.Nodes(await client.NodesAsync(cancel).ConfigureAwait(false));
        }
        catch (TransientException e)
        {
            return $"\n{e.Message}\n";
        }
    }
}
