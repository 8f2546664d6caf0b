using System.CommandLine;
using Cairn.Api.Client;
using Cairn.Cli.Run;
using Cairn.Engine.Runs;

namespace Cairn.Cli.Remote;

/// <summary><c>cairn submit SPEC</c>: sends a run to a seed.</summary>
internal static class SubmitCommand
{
    public static Command Build()
    {
        var spec = new SpecArguments("The run's spec, a file in HOCON, JSON or YAML. Its includes, paths and variables are resolved here.");
        var key = new Option<string>("--key")
        {
            Description = "The same key twice gives the same run, so that a script may submit again without knowing whether it did.",
            HelpName = "KEY",
        };
        var wait = new Option<bool>("--wait")
        {
            Description = "Wait for the run's end and report what happens, on standard error. Exits with 0 if it is complete, 1 if it "
                + "failed, 3 if it was cancelled, 4 if it is complete and missed its deadline.",
        };
        var quiet = new Option<bool>("--quiet")
        {
            Description = "With --wait: tell nothing of what happens but the run's end, on standard error.",
        };
        var (seed, asJson) = (new SeedOptions(), new JsonOption());
        var command = new Command("submit", "Send a run to a seed; prints its id.") { key, wait, quiet };
        spec.AddTo(command);
        asJson.AddTo(command);
        seed.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            // Read before the seed is asked: most mistakes need no seed.
            var json = RunSpecJson.Write(spec.Read(parsed)).ToJsonString();
            using var client = seed.Client(parsed);
            var submitted = await client.SubmitAsync(json, parsed.GetValue(key), cancel).ConfigureAwait(false);
            var outputs = parsed.InvocationConfiguration;
            await outputs.Output.WriteLineAsync(asJson.IsIn(parsed) ? JsonOption.Line(submitted) : submitted.Id).ConfigureAwait(false);
            await outputs.Output.FlushAsync(cancel).ConfigureAwait(false);
            return parsed.GetValue(wait)
                ? await WaitAsync(client, submitted.Id, parsed.GetValue(quiet), outputs.Error, cancel).ConfigureAwait(false)
                : ExitCodes.Done;
        });
        return command;
    }

    private static async Task<int> WaitAsync(SeedClient client, string id, bool quiet, TextWriter error, CancellationToken cancel)
    {
        var feed = new EventFeed(client, TimeProvider.System);
        await foreach (var e in feed.ReadAsync(id, 0, error.WriteLine, cancel).ConfigureAwait(false))
        {
            if (!quiet)
                await error.WriteLineAsync(EventLines.Of(e)).ConfigureAwait(false);
        }

        var run = await client.RunAsync(id, brief: true, cancel).ConfigureAwait(false);
        var late = RunTables.IsLate(run) ? ", after its deadline" : "";
        await error.WriteLineAsync($"run {id}: {RunTables.Word(run.State)}{late}").ConfigureAwait(false);
        foreach (var failed in run.Errors)
        {
            var name = RunTables.Name(failed.Part, failed.First, failed.Last, failed.Of);
            await error.WriteLineAsync($"  {name}: {failed.Error}").ConfigureAwait(false);
        }

        return RunTables.ExitCode(run);
    }
}
