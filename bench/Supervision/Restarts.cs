using System.Diagnostics;
using System.Globalization;
using Cairn.Actors;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Bench.Supervision;

/// <summary>
/// What it takes to start a run of many batches again: one that has finished until it is told so, and one of which a twentieth is left
/// until it steps. Batches of one member of Lorenz's model, two boundaries each; <c>cairn run</c> from a cold start.
/// </summary>
internal static class Restarts
{
    private const int Rounds = 3;

    public static async Task MeasureAsync(IReadOnlyList<int> sizes)
    {
        Console.WriteLine($"{"a run started again, s",-24}{"finished",10}{"stepping",10}");
        foreach (var batches in sizes)
        {
            var scratch = Directory.CreateTempSubdirectory("cairn-bench-").FullName;
            try
            {
                var spec = Write(scratch, batches);
                await LocalRun.RunAsync(RunSpecReader.Read(spec, [], scratch), new RunOptions(), new Silent(), CancellationToken.None);
                var finished = Enumerable.Range(0, Rounds).Select(_ => SecondsTo(spec, "was complete already")).ToList();
                var stepping = Enumerable.Range(0, Rounds).Select(_ => SecondsToStep(spec, scratch, batches)).ToList();
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{batches + " batches",-24}{Median(finished),10:0.00}{Median(stepping),10:0.00}"));
            }
            finally
            {
                Directory.Delete(scratch, recursive: true);
            }
        }
    }

    private static string Write(string scratch, int batches)
    {
        var spec = Path.Combine(scratch, "run.conf");
        File.WriteAllText(spec, $$"""
            name = many
            model { kind = lorenz96, step = 6h, size = 4, forcing = 8 }
            initial { source = model, case = nudged }
            lead-times { every = 6h, count = 2 }
            ensemble { size = {{batches}}, batch-size = 1, seed = 1996, perturbation { kind = gaussian, amplitude = 0.001 } }
            checkpoint { path = "{{scratch}}/checkpoints", flush-interval = 2, durability = none }
            output { path = "{{scratch}}/fields.zarr", lead-times-per-chunk = 2 }
            """);
        return spec;
    }

    private static double SecondsToStep(string spec, string scratch, int batches)
    {
        for (var member = batches - (batches / 20); member < batches; member++)
            Directory.Delete(Path.Combine(scratch, "checkpoints", new MemberRange(member, member).FolderName), recursive: true);

        return SecondsTo(spec, "starts from the initial condition");
    }

    /// <summary>The time to the first line that holds some words; the run then goes on to its end.</summary>
    private static double SecondsTo(string spec, string words)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "cairn.dll");
        var clock = Stopwatch.StartNew();
        double? seconds = null;
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [program, "run", spec, "--plain"]) { RedirectStandardOutput = true })!;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (seconds is null && line.Contains(words, StringComparison.Ordinal))
                seconds = clock.Elapsed.TotalSeconds;
        }

        process.WaitForExit();
        return process.ExitCode == 0 && seconds is { } told ? told
            : throw new InvalidOperationException($"cairn run ended with {process.ExitCode} without a line that says '{words}'.");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private sealed class Silent : IRunObserver
    {
        public void On(RunEvent runEvent)
        {
        }
    }
}
