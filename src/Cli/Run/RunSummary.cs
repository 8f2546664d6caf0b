using System.Globalization;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Engine.Stores;
using Cairn.Storage.Words;

namespace Cairn.Cli.Run;

/// <summary>The summary after a run: how it ended, where its outputs are, and what to type next.</summary>
internal static class RunSummary
{
    public static void Write(TextWriter output, TextWriter error, RunSpec spec, RunResult result, string repeat)
    {
        foreach (var (batch, failure) in result.Failures)
            error.WriteLine($"cairn: {batch}: {failure.Message}");

        output.WriteLine();
        output.WriteLine(Ending(spec, result));
        var completed = result.Outcome == RunOutcome.Completed;
        if (spec.Output.Path is { } store && (spec.Output.KeepMembers || !completed))
            output.WriteLine($"  fields       {Short(store)}");

        foreach (var derived in completed ? spec.Output.DerivedFiles() : [])
            output.WriteLine($"  {(derived.Value == spec.Output.NetCdf ? "netcdf" : "statistics"),-11}  {Short(derived.Value)}");

        if (result.Picture is { } picture)
            output.WriteLine($"  picture      {Short(picture)}");

        output.WriteLine($"  checkpoints  {Short(spec.Checkpoint.Path)}");
        output.WriteLine(result.Outcome == RunOutcome.Completed ? "next:" : "to continue:");
        foreach (var line in Next(spec, result, repeat))
            output.WriteLine($"  {line}");

        output.Flush();
    }

    private static string Ending(RunSpec spec, RunResult result)
    {
        var rate = result.Elapsed > TimeSpan.Zero ? result.Steps / result.Elapsed.TotalSeconds : 0;
        var speed = rate.ToString("0.#", CultureInfo.InvariantCulture);
        var work = $"{Count.Of(result.Steps, "step")} in {LiveProgress.Clock(result.Elapsed)} ({speed} steps/s)";
        return result.Outcome switch
        {
            RunOutcome.Completed when result.Steps == 0 => $"run {spec.Name} was complete already; nothing was done",
            RunOutcome.Completed => $"run {spec.Name} is complete: {work}",
            RunOutcome.Stopped => $"run {spec.Name} stopped at a boundary, as requested: {work}",
            _ => $"run {spec.Name} FAILED in {result.Failures.Count} of {Count.Of(result.Batches, "batch", "batches")}: {work}; what was "
                + "committed stays",
        };
    }

    private static IEnumerable<string> Next(RunSpec spec, RunResult result, string repeat)
    {
        if (result.Outcome != RunOutcome.Completed)
        {
            yield return repeat;
        }
        else if (!spec.Output.KeepMembers)
        {
            yield return "python3 -c 'import sys, xarray; print(xarray.open_dataset(sys.argv[1]))' "
                + ShellText.Quote(Short(spec.Output.DerivedFiles()[0].Value));
        }
        else if (spec.Output.Path is { } store && FieldStoreKinds.Of(spec.Output).OpenedBy is { } command)
        {
            yield return $"{command} {ShellText.Quote(Short(store))}";
        }

        yield return $"{ProgramName.Value} status {ShellText.Quote(Short(spec.Checkpoint.Path))}";
        yield return $"{ProgramName.Value} checkpoints ls {ShellText.Quote(Short(spec.Checkpoint.Path))}";
    }

    private static string Short(string path)
    {
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
