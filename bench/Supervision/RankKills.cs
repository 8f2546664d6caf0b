using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cairn.Actors;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Bench.Supervision;

/// <summary>
/// Kills a rank of a small run after a session, again and again: how long until that is noticed, and until its successor steps.
/// </summary>
internal sealed class RankKills : IRunObserver
{
    private const int Ranks = 2;
    private readonly int _trials;
    private readonly List<(double Noticed, double Started, double Stepping)> _seen = [];
    private readonly Lock _lock = new();
    private long _killed;
    private double _noticed;
    private double _started;
    private bool _isAsked;

    private RankKills(int trials) => _trials = trials;

    /// <summary>One run, killed so many times; prints a line for each and the medians.</summary>
    public static async Task MeasureAsync(string launcher, int trials)
    {
        var folder = Directory.CreateTempSubdirectory("cairn-bench-").FullName;
        try
        {
            var kills = new RankKills(trials);
            var spec = RunSpecReader.Read(WriteSpec(folder), [$"ranks.launcher={launcher}", $"ranks.count={Ranks}"]);
            using var stop = new CancellationTokenSource();
            var run = LocalRun.RunAsync(spec, new RunOptions(), kills, stop.Token);
            await kills.UntilSeenAsync(run);
            await stop.CancelAsync();
            await run;
            kills.Print(launcher);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void On(RunEvent runEvent)
    {
        lock (_lock)
        {
            switch (runEvent)
            {
                case SessionCommitted when _killed == 0 && !_isAsked && _seen.Count < _trials:
                    // Not here: the supervisor waits for whoever it tells.
                    _isAsked = true;
                    _ = Task.Run(Kill);
                    break;
                case RankFailed failed when _killed != 0:
                    _noticed = Since();
                    Console.Error.WriteLine(failed.Cause);
                    break;
                case BatchStarted when _killed != 0:
                    _started = Since();
                    break;
                case BoundaryReached when _killed != 0 && _started > 0:
                    _seen.Add((_noticed, _started, Since()));
                    (_killed, _started) = (0, 0);
                    break;
            }
        }
    }

    private double Since() => TimeProvider.System.GetElapsedTime(_killed).TotalSeconds;

    private async Task UntilSeenAsync(Task run)
    {
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!run.IsCompleted && await beat.WaitForNextTickAsync())
        {
            lock (_lock)
            {
                if (_seen.Count >= _trials)
                    return;
            }
        }
    }

    private void Kill()
    {
        var victim = Descendants(Environment.ProcessId).Last();
        lock (_lock)
        {
            (_killed, _isAsked) = (TimeProvider.System.GetTimestamp(), false);
            using var process = Process.GetProcessById(victim);
            process.Kill();
        }
    }

    private void Print(string launcher)
    {
        foreach (var (noticed, started, stepping) in _seen)
            Line($"{launcher}, {Ranks} ranks", noticed, started, stepping);

        Line($"{launcher}, median", Median(_seen.Select(s => s.Noticed)), Median(_seen.Select(s => s.Started)),
            Median(_seen.Select(s => s.Stepping)));
    }

    private static void Line(string what, double noticed, double started, double stepping) =>
        Console.WriteLine($"{what,-24}{noticed,10:0.00}{started,10:0.00}{stepping,10:0.00}");

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[sorted.Count / 2];
    }

    /// <summary>Processes of ranks under one: those that run the CLI's command of that name, and are no launchers.</summary>
    private static List<int> Descendants(int parent)
    {
        var all = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => name!.All(char.IsAsciiDigit))
            .Select(name => (Pid: int.Parse(name!, CultureInfo.InvariantCulture), Parent: Parent(name!))).ToList();
        var children = all.Where(p => p.Parent == parent).Select(p => p.Pid).ToList();
        return [.. children.Where(IsRank), .. children.SelectMany(Descendants)];
    }

    private static int Parent(string pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has ended.
            return 0;
        }
    }

    private static bool IsRank(int pid)
    {
        var words = Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/cmdline")).TrimEnd('\0').Split('\0');
        return words[^1] == "rank" && Path.GetFileName(words[0]) is "cairn" or "dotnet";
    }

    private static string WriteSpec(string folder)
    {
        var path = Path.Combine(folder, "kills.conf");
        File.WriteAllText(path, $$"""
            name = kills
            model { kind = shallow-water, step = 90s, nx = 64, ny = 64, dx = 100000 }
            initial { source = model, case = sine-waves }
            lead-times { every = 1h, count = 100000 }
            ensemble { size = 1 }
            checkpoint { path = "{{folder}}/checkpoints", history-size = 3, flush-interval = 50 }
            output { kind = none }
            supervision { quarantine-after = 1000 }
            """);
        return path;
    }
}
