using System.CommandLine;
using Cairn.Api.Client;
using Cairn.Api.Wire;
using Cairn.Engine.Rollouts;

namespace Cairn.Cli.Remote;

/// <summary>
/// <c>cairn events RUN</c>: a run's events, from its journal; <c>cairn logs RUN</c>: only ranks' output
/// and failures.
/// </summary>
internal static class EventsCommand
{
    public static Command Build() => Build("events", "Show what happened to a run, one line per event.", _ => true);

    public static Command BuildLogs() => Build(
        "logs", "Show what a run's ranks printed, failures, lost nodes and restarts.", e => e.IsLog);

    private static Command Build(string name, string what, Func<EventWire, bool> isShown)
    {
        var run = new Argument<string>("RUN") { Description = "The run's id at a seed." };
        var follow = new Option<bool>("--follow") { Description = "Continue with new events until the run ends." };
        var (seed, json) = (new SeedOptions(), new JsonOption());
        var command = new Command(name, what) { run, follow };
        json.AddTo(command);
        seed.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = seed.Client(parsed);
            var (id, outputs) = (parsed.GetRequiredValue(run), parsed.InvocationConfiguration);
            if (RunTarget.Folder(id) is { } folder)
            {
                throw new SpecException($"{id} is a run of this machine, not of a seed. Its events are the lines of a file: "
                    + $"{Path.Combine(folder, RunJournal.FileName)}.");
            }

            Func<EventWire, string> line = json.IsIn(parsed) ? JsonOption.Line : EventLines.Of;
            Func<EventWire, string?> shown = e => isShown(e) ? line(e) : null;
            var last = await RunTarget.AskAsync(id, () => TellAllAsync(client, id, shown, outputs.Output, cancel)).ConfigureAwait(false);
            if (parsed.GetValue(follow))
            {
                await foreach (var e in new EventFeed(client, TimeProvider.System).ReadAsync(id, last, outputs.Error.WriteLine, cancel)
                    .ConfigureAwait(false))
                {
                    if (shown(e) is { } text)
                    {
                        await outputs.Output.WriteLineAsync(text).ConfigureAwait(false);
                        await outputs.Output.FlushAsync(cancel).ConfigureAwait(false);
                    }
                }
            }
        });
        return command;
    }

    /// <summary>Prints page by page; returns the number of the last event.</summary>
    private static async Task<long> TellAllAsync(
        SeedClient client, string id, Func<EventWire, string?> line, TextWriter output, CancellationToken cancel)
    {
        var last = 0L;
        string? next = null;
        do
        {
            var page = await client.EventsAsync(next, id, cancel).ConfigureAwait(false);
            foreach (var e in page.Events)
            {
                if (line(e) is { } text)
                    await output.WriteLineAsync(text).ConfigureAwait(false);

                last = e.Number;
            }

            next = page.Next;
        }
        while (next is not null);
        await output.FlushAsync(cancel).ConfigureAwait(false);
        return last;
    }
}
