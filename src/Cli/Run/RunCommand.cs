using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Cairn.Actors;
using Cairn.Actors.Nodes;
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
        var warnings = new WarningLines(say, withSupervision: live);
        IRunObserver[] observers = live ? [progress, warnings] : [progress, warnings, new PlainProgress(output, progress)];
        using var limit = StopInTime(spec.Node, stop, say);
        var observer = new RunObservers([new Introduction(output, spec), .. observers]);
        var run = RunAsync(spec, new RunOptions { Fresh = fresh }, observer, stop.Token);
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

    private static async Task<RunResult> RunAsync(RunSpec spec, RunOptions options, IRunObserver observer, CancellationToken stop)
    {
        await using var node = EmbeddedNode.For(spec);
        return await node.RunAsync(spec, options, observer, stop);
    }

    /// <summary>Halts the run before its wall-clock limit; nothing where there is none.</summary>
    private static Timer? StopInTime(NodeSpec node, CancellationTokenSource stop, Action<string> say)
    {
        using var process = Process.GetCurrentProcess();
        if (WallClock.StopTime(node, Environment.GetEnvironmentVariable, process.StartTime) is not { } limit)
        {
            return null;
        }

        var due = WallClock.Until(limit.At, TimeProvider.System.GetUtcNow());
        return new Timer(
            _ =>
            {
                var away = LiveProgress.Clock(node.WallClockMargin);
                say($"stopping at the next boundary: the wall-clock limit ({limit.Reason}) is {away} away");
                stop.Cancel();
            },
            null, due, Timeout.InfiniteTimeSpan);
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
