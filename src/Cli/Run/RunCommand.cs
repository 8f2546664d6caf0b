using System.CommandLine;
using System.Runtime.InteropServices;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Spectre.Console;

namespace Cairn.Cli.Run;

/// <summary><c>cairn run SPEC</c>: runs a spec in this process, resuming it if it was begun.</summary>
internal static class RunCommand
{
    public static Command Build(IAnsiConsole console)
    {
        var spec = new Argument<string>("SPEC")
        {
            Description = "The run's spec, a HOCON file (see hocon/reference.conf for every setting).",
        };
        var fresh = new Option<bool>("--fresh") { Description = "Start over; data of the earlier run is moved aside, not deleted." };
        var set = new Option<string[]>("--set")
        {
            Description = "Override a setting: --set KEY=VALUE. May be repeated.",
            HelpName = "KEY=VALUE",
        };
        var plain = new Option<bool>("--plain") { Description = "Plain lines instead of a live table, as when the output is no terminal." };
        var command = new Command("run", "Run SPEC here, resuming it if it was begun.") { spec, fresh, set, plain };
        command.SetAction(parsed =>
        {
            var runSpec = RunSpecReader.Read(parsed.GetRequiredValue(spec), parsed.GetValue(set));
            var live = !parsed.GetValue(plain) && console.Profile.Capabilities.Interactive && !Console.IsOutputRedirected;
            var repeat = $"{ProgramName.Value} run {ShellText.Quote(parsed.GetRequiredValue(spec))}"
                + string.Concat((parsed.GetValue(set) ?? []).Select(s => $" --set {ShellText.Quote(s)}"));
            var outputs = parsed.InvocationConfiguration;
            return Execute(console, runSpec, parsed.GetValue(fresh), live, repeat, outputs.Output, outputs.Error);
        });
        return command;
    }

    private static int Execute(
        IAnsiConsole console, RunSpec spec, bool fresh, bool live, string repeat, TextWriter output, TextWriter error)
    {
        // A live display must know of every line that is printed while it is up, or both end in disorder.
        Action<string> say = live ? console.WriteLine : new LineSink(error).WriteLine;
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, stop, say));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, stop, say));

        var progress = new RunProgress(TimeProvider.System);
        var warnings = new WarningLines(say);
        IRunObserver[] observers = live ? [progress, warnings] : [progress, warnings, new PlainProgress(output, progress)];
        using var host = Prepare(spec, new RunOptions { Fresh = fresh }, new RunObservers([new Introduction(output, spec), .. observers]));
        var run = Task.Factory.StartNew(
            () => host.Run(stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (live)
        {
            LiveProgress.ShowAsync(console, progress, BoundarySchedule.Of(spec), run).GetAwaiter().GetResult();
        }

        var result = run.GetAwaiter().GetResult();
        RunSummary.Write(output, error, spec, result, repeat);
        return result.Outcome switch
        {
            RunOutcome.Completed => ExitCodes.Done,
            RunOutcome.Stopped => ExitCodes.Stopped,
            _ => ExitCodes.Failed,
        };
    }

    /// <summary>Nothing has begun yet: an input that cannot be used is the spec's to mend, like any other mistake in it.</summary>
    private static RunHost Prepare(RunSpec spec, RunOptions options, IRunObserver observer)
    {
        try
        {
            return RunHost.Create(spec, options, observer);
        }
        catch (DataException e)
        {
            throw new SpecException(e.Message, e);
        }
    }

    private static void OnSignal(PosixSignalContext context, CancellationTokenSource stop, Action<string> say)
    {
        if (stop.IsCancellationRequested)
        {
            // The second signal takes its default course: the process ends at once, and the next start goes on from the last session.
            return;
        }

        context.Cancel = true;
        stop.Cancel();
        say("stopping at the next boundary; once more to end at once, and go on from the last session later");
    }
}
