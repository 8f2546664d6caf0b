using System.CommandLine;
using Cairn.Api.Client;
using Cairn.Api.Local;

namespace Cairn.Cli.Remote;

/// <summary>
/// <c>cairn cancel|retry|pause|resume|checkpoint RUN</c> and <c>cairn drain NODE</c>: orders to a seed, or to a run on this machine.
/// </summary>
internal static class TellCommands
{
    public static Command Cancel() => OfRun(
        "cancel", "cancel",
        "Stop a run at the next boundaries of its batches. What is committed stays, and \"cairn retry\" or \"cairn run\" continues from "
        + "there.", "will be cancelled at the next boundaries of its batches");

    public static Command Retry() => OfRun(
        "retry", "retry", "Try again the batches of a run that failed or were cancelled, from their newest sessions.",
        "is tried again: its failed and cancelled batches wait for a node");

    public static Command Pause() => OfRun(
        "pause", "pause", "Make a run wait at the next boundaries of its batches; \"cairn resume\" lets it continue.",
        "will wait at the next boundaries of its batches");

    public static Command Resume() => OfRun("resume", "resume", "Let a paused run continue.", "goes on");

    public static Command Checkpoint() => OfRun(
        "checkpoint", "commit", "Make a run commit at the next boundaries of its batches, independent of its flush interval.",
        "commits at the next boundaries of its batches");

    public static Command Drain()
    {
        var node = new Argument<string>("NODE") { Description = "The node's id, as \"cairn nodes\" shows it." };
        var seed = new SeedOptions();
        var command = new Command("drain", "Make a node hand back its batches at their next boundaries and take no more.") { node };
        seed.AddTo(command);
        var json = new JsonOption();
        json.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = seed.Client(parsed);
            var id = parsed.GetRequiredValue(node);
            await client.DrainAsync(id, cancel).ConfigureAwait(false);
            var said = json.IsIn(parsed) ? JsonOption.Line(new { Node = id, Order = "drain" })
                : $"node {id} will hand back its batches at their next boundaries";
            await SayAsync(parsed, said).ConfigureAwait(false);
        });
        return command;
    }

    private static Command OfRun(string name, string order, string purpose, string said)
    {
        var run = new Argument<string>("RUN") { Description = RunTarget.Help };
        var seed = new SeedOptions();
        var command = new Command(name, purpose) { run };
        seed.AddTo(command);
        var json = new JsonOption();
        json.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var target = parsed.GetRequiredValue(run);
            if (RunTarget.Folder(target) is { } folder)
            {
                await LocalOrders.TellAsync(folder, order, cancel).ConfigureAwait(false);
                await SayAsync(parsed, Said(parsed, $"the run in {folder}")).ConfigureAwait(false);
            }
            else
            {
                using var client = seed.Client(parsed);
                await RunTarget.TellAsync(target, () => client.TellAsync(target, order, cancel)).ConfigureAwait(false);
                await SayAsync(parsed, Said(parsed, $"run {target}")).ConfigureAwait(false);
            }
        });
        return command;

        string Said(ParseResult parsed, string subject) => json.IsIn(parsed)
            ? JsonOption.Line(new { Run = parsed.GetRequiredValue(run), Order = name }) : $"{subject} {said}";
    }

    private static Task SayAsync(ParseResult parsed, string line) => parsed.InvocationConfiguration.Output.WriteLineAsync(line);
}
