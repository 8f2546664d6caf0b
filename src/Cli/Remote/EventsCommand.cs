using System.CommandLine;
using Cairn.Api.Client;
using Cairn.Api.Wire;
using Cairn.Engine.Rollouts;

namespace Cairn.Cli.Remote;

/// <summary><c>cairn events RUN</c>: what happened to a run, from its journal.</summary>
internal static class EventsCommand
{
    public static Command Build()
    {
        var run = new Argument<string>("RUN") { Description = "The run's id at a seed." };
        var follow = new Option<bool>("--follow") { Description = "Go on with what happens from now on, until the run ends." };
        var (seed, json) = (new SeedOptions(), new JsonOption());
        var command = new Command("events", "Tell what happened to a run, a line an event.") { run, follow };
        json.AddTo(command);
        seed.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = seed.Client(parsed);
            var (id, outputs) = (parsed.GetRequiredValue(run), parsed.InvocationConfiguration);
            if (RunTarget.Folder(id) is { } folder)
            {
                throw new SpecException($"{id} is a run of this machine, and no seed's. Its events are lines of a file: "
                    + $"{Path.Combine(folder, RunJournal.FileName)}.");
            }

            Func<EventWire, string> line = json.IsIn(parsed) ? JsonOption.Line : EventLines.Of;
            var last = await RunTarget.AskAsync(id, () => TellAllAsync(client, id, line, outputs.Output, cancel)).ConfigureAwait(false);
            if (parsed.GetValue(follow))
            {
                await foreach (var e in new EventFeed(client, TimeProvider.System).ReadAsync(id, last, outputs.Error.WriteLine, cancel)
                    .ConfigureAwait(false))
                {
                    await outputs.Output.WriteLineAsync(line(e)).ConfigureAwait(false);
                    await outputs.Output.FlushAsync(cancel).ConfigureAwait(false);
                }
            }
        });
        return command;
    }

    /// <summary>Page by page; the number of the last event.</summary>
    private static async Task<long> TellAllAsync(
        SeedClient client, string id, Func<EventWire, string> line, TextWriter output, CancellationToken cancel)
    {
        var last = 0L;
        string? next = null;
        do
        {
            var page = await client.EventsAsync(next, id, cancel).ConfigureAwait(false);
            foreach (var e in page.Events)
            {
                await output.WriteLineAsync(line(e)).ConfigureAwait(false);
                last = e.Number;
            }

            next = page.Next;
        }
        while (next is not null);
        await output.FlushAsync(cancel).ConfigureAwait(false);
        return last;
    }
}
