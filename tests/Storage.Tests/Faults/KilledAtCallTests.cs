using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Cairn.Storage.Catalog;
using Cairn.Storage.Tests.Catalog;
using Xunit.Abstractions;

namespace Cairn.Storage.Tests.Faults;

/// <summary>A real process, killed by the kernel at a system call of one commit; the list of those is taken from a traced run.</summary>
public sealed partial class KilledAtCallTests(ITestOutputHelper log) : IDisposable
{
    private const string Strace = "/usr/bin/strace";
    private readonly string _root = Directory.CreateTempSubdirectory("cairn-kill-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [SkippableFact]
    public void A_process_killed_at_a_sample_of_calls_leaves_what_it_reported() => Kill(stride: 29);

    [SkippableFact]
    [Trait("Category", "Soak")]
    public void A_process_killed_at_every_call_of_a_commit_leaves_what_it_reported() => Kill(stride: 1);

    private void Kill(int stride)
    {
        Skip.IfNot(File.Exists(Strace), "strace is missing: apt-get install strace");
        var calls = CallsOfSecondCommit();
        Assert.InRange(calls.Count, 40, int.MaxValue);
        var killed = 0;
        for (var i = 0; i < calls.Count; i += stride)
        {
            // Files are synced side by side: a call that another thread made this time is not reached. Then the next one is tried.
            killed += Enumerable.Range(i, Math.Min(Math.Min(5, stride), calls.Count - i)).Any(c => IsKilled(c, calls[c])) ? 1 : 0;
        }

        var kinds = calls.GroupBy(c => c.Call).Select(g => $"{g.Count()} {g.Key}");
        log.WriteLine($"{calls.Count} calls of one commit ({string.Join(", ", kinds)}); {killed} processes killed");
        Assert.True(killed * 10 >= calls.Count / stride * 9, $"Only {killed} processes were killed.");
    }

    private bool IsKilled(int at, (string Call, int Number) call)
    {
        var directory = Path.Combine(_root, string.Create(CultureInfo.InvariantCulture, $"{at}"));
        var inject = string.Create(CultureInfo.InvariantCulture, $"inject={call.Call}:signal=SIGKILL:when={call.Number}");
        var output = Run(directory, $"trace={call.Call}", inject, out var exit);
        Check(directory, output, $"killed at {call.Call} number {call.Number}, the call {at} of the commit");
        return exit != 0;
    }

    private static void Check(string directory, string output, string what)
    {
        var reported = output.Split('\n').Where(line => line.Contains(": ", StringComparison.Ordinal))
            .Select(line => line.Split(": ")[1]).ToList();
        var checkpoint = KillProbe.Open(directory);
        var found = Directory.Exists(directory) ? checkpoint.Sessions.Select(r => r.CommitId).ToList() : [];
        Assert.True(
            reported.TrueForAll(found.Contains), $"{what}: reported {string.Join(", ", reported)}, found {string.Join(", ", found)}");
        using var session = checkpoint.Open();
        var state = session.Bind(new WindState()).Value;
        Assert.True(session.WriteCount >= reported.Count && state.Step == session.WriteCount, $"{what}: restored {session.WriteCount}");
        Assert.True(
            session.WriteCount == 0 || state.U!.AsSpan<double>().SequenceEqual(TestCatalog.Wind(state.Step).U!.AsSpan<double>()),
            $"{what}: other values");
        (state.Step, state.U) = (9, TestCatalog.Wind(9).U);
        Assert.Equal(session.Write(TestCatalog.LeadTime(9))!.CommitId, checkpoint.Rows[^1].CommitId);
    }

    /// <summary>Each call between the marks, with its number among the calls of its kind that its thread makes.</summary>
    private List<(string Call, int Number)> CallsOfSecondCommit()
    {
        var trace = Path.Combine(_root, "trace");
        _ = Run(Path.Combine(_root, "traced"), "trace=file,desc", null, out var exit, trace);
        Assert.Equal(0, exit);
        var lines = File.ReadLines(trace).Select(line => CallPattern().Match(line)).Where(m => m.Success)
            .Select(m => (Thread: m.Groups[1].Value, Call: m.Groups[2].Value, Text: m.Groups[3].Value)).ToList();
        var begin = lines.FindIndex(l => l.Text.Contains(KillProbe.Begin, StringComparison.Ordinal));
        var end = lines.FindIndex(l => l.Text.Contains(KillProbe.End, StringComparison.Ordinal));
        Assert.True(begin >= 0 && end > begin, "The marks are not in the trace.");
        var thread = lines[begin].Thread;
        var counts = new Dictionary<string, int>();
        var calls = new List<(string, int)>();
        for (var i = 0; i < end; i++)
        {
            if (lines[i].Thread == thread)
            {
                var number = counts[lines[i].Call] = counts.GetValueOrDefault(lines[i].Call) + 1;
                if (i > begin)
                    calls.Add((lines[i].Call, number));
            }
        }

        return calls;
    }

    private static string Run(string directory, string trace, string? inject, out int exit, string log = "/dev/null")
    {
        List<string> arguments = ["-f", "-qq", "-o", log, "-e", trace];
        arguments.AddRange(inject is null ? [] : ["-e", inject]);
        arguments.AddRange(["dotnet", typeof(KillProbe).Assembly.Location, "commits", directory]);
        var start = new ProcessStartInfo(Strace, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Code is compiled once and for all at the first call, so that each thread makes the same calls in each run.
        start.Environment["DOTNET_TieredCompilation"] = "0";
        start.Environment["DOTNET_gcServer"] = "0";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Skip.If(errors.Result.Contains("Operation not permitted", StringComparison.Ordinal), "this machine does not allow ptrace");
        exit = process.ExitCode;
        return output;
    }

    [GeneratedRegex(@"^(\d+)\s+([a-z0-9_]+)\((.*)")]
    private static partial Regex CallPattern();
}
