using System.CommandLine;
using System.Diagnostics;
using Cairn.Actors;
using Cairn.Actors.Nodes;
using Cairn.Cli.Services;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Engine.Settings;
using Spectre.Console;

namespace Cairn.Cli.Run;

/// <summary>How progress is shown.</summary>
internal enum RunStyle
{
    /// <summary>A live table.</summary>
    Live,

    /// <summary>Plain lines.</summary>
    Plain,

    /// <summary>Warnings only.</summary>
    Quiet,

    /// <summary>Events as JSON, for scripts.</summary>
    Json,

    /// <summary>A log of JSON lines, as of seeds and workers.</summary>
    Log,
}

/// <summary><c>cairn run SPEC</c>: runs a spec in this process, or resumes it.</summary>
internal static class RunCommand
{
    public static Command Build(IAnsiConsole console)
    {
        var spec = new SpecArguments("The run's spec, a file in HOCON, JSON or YAML (see hocon/reference.conf for every setting).");
        var fresh = new Option<bool>("--fresh") { Description = "Start over; data of the earlier run is moved aside, not deleted." };
        var plain = new Option<bool>("--plain") { Description = "Plain lines instead of a live table, as if the output is not a "
            + "terminal." };
        var quiet = new Option<bool>("--quiet")
        {
            Description = "Print only warnings, restarts and failures, on standard error.",
        };
        var logFormat = new Option<string>("--log-format")
        {
            Description = "json: a log on standard output, a JSON object a line with run, batch, epoch and rank, as seeds and workers "
                + "write it (log.format); text: lines for people.",
            HelpName = "FORMAT", DefaultValueFactory = _ => "text",
        };
        logFormat.AcceptOnlyFromAmong("text", "json");
        var json = new JsonOption();
        const string what = "Run SPEC on this machine, or resume it if it was started before.";
        var command = new Command("run", what) { fresh, plain, quiet, logFormat };
        json.AddTo(command);
        var dashboard = new DashboardOptions();
        spec.AddTo(command);
        dashboard.AddTo(command);
        command.SetAction(parsed =>
        {
            var runSpec = spec.Read(parsed);
            var style = json.IsIn(parsed) ? RunStyle.Json
                : parsed.GetValue(logFormat) == "json" ? RunStyle.Log
                : parsed.GetValue(quiet) ? RunStyle.Quiet
                : parsed.GetValue(plain) || !console.Profile.Capabilities.Interactive || Console.IsOutputRedirected ? RunStyle.Plain
                : RunStyle.Live;
            var repeat = $"{ProgramName.Value} run {spec.Repeated(parsed)}";
            var outputs = parsed.InvocationConfiguration;
            return Execute(console, runSpec, parsed.GetValue(fresh), style, repeat, dashboard.Port(parsed), outputs.Output, outputs.Error);
        });
        return command;
    }

    private static int Execute(
        IAnsiConsole console, RunSpec spec, bool fresh, RunStyle style, string repeat, int? dashboard, TextWriter output, TextWriter error)
    {
        var live = style == RunStyle.Live;
        using var log = style == RunStyle.Log ? new ServiceLog(LogFormat.Json, output, error) : null;
        // Lines printed during a live display must go through it, or both are garbled.
        Action<string> say = live ? console.WriteLine
            : log is null ? new LineSink(error).WriteLine : text => log.Say(new NodeLine(text) { Run = spec.Name });
        using var stop = new CancellationTokenSource();
        using var signals = new StopSignals(spec.Node.StopSignals, () => OnSignal(stop, say));

        var progress = new RunProgress(TimeProvider.System);
        // Plain progress includes restarts.
        var warnings = new WarningLines(say, withSupervision: style != RunStyle.Plain);
        var told = style is RunStyle.Live or RunStyle.Plain ? output : TextWriter.Null;
        IRunObserver[] observers = style switch
        {
            RunStyle.Live => [progress, warnings],
            RunStyle.Json => [progress, warnings, new JsonProgress(output)],
            RunStyle.Log => [new LogProgress(log!, spec.Name)],
            _ => [progress, warnings, new PlainProgress(told, progress)],
        };
        using var limit = StopInTime(spec.Node, stop, say);
        var observer = new RunObservers([new Introduction(told, spec), .. observers]);
        var run = RunAsync(spec, new RunOptions { Fresh = fresh }, observer, say, dashboard, stop.Token);
        if (live)
            LiveProgress.ShowAsync(console, progress, run).GetAwaiter().GetResult();

        var result = run.GetAwaiter().GetResult();
        RunSummary.Write(told, error, spec, result, repeat);
        return result.Outcome switch
        {
            RunOutcome.Completed => ExitCodes.Done,
            RunOutcome.Stopped => ExitCodes.Stopped,
            _ => ExitCodes.Failed,
        };
    }

    private static async Task<RunResult> RunAsync(
        RunSpec spec, RunOptions options, IRunObserver observer, Action<string> say, int? dashboardPort, CancellationToken stop)
    {
        var control = new LocalControl(spec.Checkpoint.Path, say);
        await using (control.ConfigureAwait(false))
        {
            if (dashboardPort is not { } port)
            {
                return await RunAsync(new LocalRun(spec, options, new RunObservers([control, observer])), control, stop)
                    .ConfigureAwait(false);
            }

            var dashboard = new LocalDashboard(port, say);
            await using (dashboard.ConfigureAwait(false))
            {
                var run = new LocalRun(spec, options, new RunObservers([control, observer]), dashboard.JournalFolder);
                dashboard.Serve(run);
                return await RunAsync(run, control, stop).ConfigureAwait(false);
            }
        }
    }

    private static async Task<RunResult> RunAsync(LocalRun run, LocalControl control, CancellationToken stop)
    {
        await using (run.ConfigureAwait(false))
        {
            control.Of(run);
            return await run.RunAsync(stop).ConfigureAwait(false);
        }
    }

    /// <summary>Halts the run before its wall-clock limit, if it has one.</summary>
    private static Timer? StopInTime(NodeSpec node, CancellationTokenSource stop, Action<string> say)
    {
        using var process = Process.GetCurrentProcess();
        if (WallClock.StopTime(node, Environment.GetEnvironmentVariable, process.StartTime) is not { } limit)
            return null;

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

    private static void OnSignal(CancellationTokenSource stop, Action<string> say)
    {
        if (!stop.IsCancellationRequested)
        {
            stop.Cancel();
            say("stopping at the next boundary; press again to end at once and continue from the last session later");
        }
    }
}
