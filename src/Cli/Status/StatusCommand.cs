using System.CommandLine;
using Cairn.Cli.Remote;
using Cairn.Storage.Durable;
using Spectre.Console;

namespace Cairn.Cli.Status;

/// <summary><c>cairn status [RUN]</c>: the status of runs, from their folders or a seed.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public static Command Build(IAnsiConsole console)
    {
        var run = new Argument<string?>("RUN")
        {
            Description = "A run's checkpoint folder (checkpoint.path in its spec) or a folder that contains it, if there is such a "
                + "folder; else the id of a run that was submitted to a seed. Without it, all runs and nodes of the seed.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var watch = new Option<bool>("--watch") { Description = "Show it again after every change, until the run ends." };
        var (seed, json) = (new SeedOptions(), new JsonOption());
        var command = new Command("status", "Show the state of runs: batches, lead times, nodes.") { run, watch };
        json.AddTo(command);
        seed.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var asJson = json.IsIn(parsed);
            var clear = console.Profile.Capabilities.Interactive && !Console.IsOutputRedirected;
            var between = asJson ? "" : clear ? "\u001b[H\u001b[2J" : "\n";
            var name = parsed.GetValue(run);
            using var client = name is not null && IsFolder(name) ? null : seed.Client(parsed);
            Task<(string, bool)> Read() => client is null
                ? Task.FromResult(FolderStatus.Read(name!, asJson))
                : RunTarget.AskAsync(name, () => SeedStatus.ReadAsync(client, name, asJson, cancel));
            await ShowAsync(Read, parsed.GetValue(watch), between, output, cancel).ConfigureAwait(false);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>An id contains no slash, so a word with one is a path even if nothing is there.</summary>
    private static bool IsFolder(string name) =>
        PathFound.IsFolder(name) || name.Contains('/', StringComparison.Ordinal) || name is "." or "..";

    private static async Task ShowAsync(
        Func<Task<(string Text, bool Ended)>> read, bool watch, string between, TextWriter output, CancellationToken cancel)
    {
        for (string? shown = null; ;)
        {
            var (text, ended) = await read().ConfigureAwait(false);
            if (text != shown)
            {
                await output.WriteAsync((shown is null ? "" : between) + text).ConfigureAwait(false);
                await output.FlushAsync(cancel).ConfigureAwait(false);
                shown = text;
            }

            if (!watch || ended)
                return;

            await Task.Delay(Pause, TimeProvider.System, cancel).ConfigureAwait(false);
        }
    }
}
