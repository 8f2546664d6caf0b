using System.CommandLine;

namespace Cairn.Cli.Remote;

/// <summary><c>cairn cancel RUN</c>, <c>cairn retry RUN</c> and <c>cairn drain NODE</c>: a word to a seed.</summary>
internal static class TellCommands
{
    public static Command Cancel() => Build(
        "cancel", "Stop a run at the next boundaries of its batches. What is committed stays, and \"cairn retry\" goes on from there.",
        "RUN", "The run's id.", async (client, id, cancel) =>
        {
            await client.CancelAsync(id, cancel).ConfigureAwait(false);
            return $"run {id} will be cancelled at the next boundaries of its batches";
        });

    public static Command Retry() => Build(
        "retry", "Give the batches of a run that failed or were cancelled another try, from their newest sessions.", "RUN",
        "The run's id.", async (client, id, cancel) =>
        {
            await client.RetryAsync(id, cancel).ConfigureAwait(false);
            return $"what failed of run {id} waits for a node again";
        });

    public static Command Drain() => Build(
        "drain", "Have a node finish at the next boundary, hand its batches back and take no more.", "NODE",
        "The node's id, as \"cairn status\" shows it.", async (client, id, cancel) =>
        {
            await client.DrainAsync(id, cancel).ConfigureAwait(false);
            return $"node {id} will hand back its batches at their next boundaries";
        });

    private static Command Build(
        string name, string purpose, string argument, string what,
        Func<Api.Client.SeedClient, string, CancellationToken, Task<string>> tell)
    {
        var id = new Argument<string>(argument) { Description = what };
        var seed = new SeedOptions();
        var command = new Command(name, purpose) { id };
        seed.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = seed.Client(parsed);
            var said = await tell(client, parsed.GetRequiredValue(id), cancel).ConfigureAwait(false);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(said).ConfigureAwait(false);
        });
        return command;
    }
}
