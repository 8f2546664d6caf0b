using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Cairn.Cluster.Tests;

/// <summary>The promise, on real processes: whatever dies, the run ends with the same bytes and repeats only the steps since its last session.</summary>
public sealed partial class KillAndResumeTests(ITestOutputHelper log) : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public Task A_run_killed_at_random_moments_ends_with_the_bytes_of_an_undisturbed_one() => KillAsync(kills: 6);

    [SkippableFact]
    [Trait("Category", "Soak")]
    public Task Twenty_kills_change_nothing_either() => KillAsync(kills: 20);

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public async Task A_signal_stops_at_a_boundary_with_exit_code_3_and_the_same_command_goes_on(PosixSignal signal)
    {
        var (calm, disturbed) = (Specs.Winds(_scratch, "calm"), Specs.Winds(_scratch, "disturbed"));
        await RunToEndAsync(calm);
        using (var process = CairnProcess.Start(_scratch.Folder, "run", disturbed))
        {
            await process.LineAsync(IsSession);
            process.Signal(signal);
            Assert.Equal(3, await process.ExitAsync());
            Assert.Contains("to go on", process.Text, StringComparison.Ordinal);
        }

        Assert.Contains("restarts from lead time", await RunToEndAsync(disturbed), StringComparison.Ordinal);
        TestFiles.AssertSameBytes(_scratch["calm/fields.zarr"], _scratch["disturbed/fields.zarr"]);
    }

    [Fact]
    public async Task A_second_process_on_the_same_run_is_refused_and_the_first_goes_on()
    {
        var spec = Specs.Winds(_scratch, "busy", count: 200);
        using var first = CairnProcess.Start(_scratch.Folder, "run", spec);
        await first.LineAsync(IsSession);
        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, "run", spec);
        Assert.Equal(2, code);
        Assert.Contains(first.Id.ToString(CultureInfo.InvariantCulture), text, StringComparison.Ordinal);
        first.Signal(PosixSignal.SIGTERM);
        Assert.Equal(3, await first.ExitAsync());
    }

    private async Task KillAsync(int kills)
    {
        var seed = Environment.TickCount;
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var (calm, disturbed) = (Specs.Winds(_scratch, "calm"), Specs.Winds(_scratch, "disturbed"));
        var started = TimeProvider.System.GetTimestamp();
        await RunToEndAsync(calm);
        var whole = TimeProvider.System.GetElapsedTime(started);

        var reported = new Dictionary<string, int>();
        for (var kill = 0; kill < kills; kill++)
        {
            using var process = CairnProcess.Start(_scratch.Folder, "run", disturbed);
            // A kill may come before anything was done, or after everything was: both belong to it.
            using var moment = new CancellationTokenSource(whole * random.NextDouble() * 0.8);
            await Task.WhenAny(process.ExitAsync(), Task.Delay(Timeout.Infinite, moment.Token));
            process.Kill();
            await process.ExitAsync();
            CheckRestarts(process.Lines, reported);
        }

        await RunToEndAsync(disturbed);
        TestFiles.AssertSameBytes(_scratch["calm/fields.zarr"], _scratch["disturbed/fields.zarr"]);
    }

    private void CheckRestarts(IReadOnlyList<string> lines, Dictionary<string, int> reported)
    {
        foreach (var line in lines)
        {
            if (Restart().Match(line) is { Success: true } restart && reported.TryGetValue(restart.Groups[1].Value, out var newest))
            {
                var from = int.Parse(restart.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
                log.WriteLine($"{restart.Groups[1].Value}: last reported {newest} h, restarted from {from} h");
                Assert.True(from >= newest, $"a session at {newest} h was reported, but the restart was from {from} h");
            }

            if (Session().Match(line) is { Success: true } session)
            {
                reported[session.Groups[1].Value] = int.Parse(session.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
            }
        }
    }

    private async Task<string> RunToEndAsync(string spec)
    {
        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, "run", spec);
        Assert.True(code == 0, text);
        return text;
    }

    private static bool IsSession(string line) => Session().IsMatch(line);

    [GeneratedRegex(@"^(members? [0-9-]+): session \S+ at lead time ([0-9]+) h")]
    private static partial Regex Session();

    [GeneratedRegex(@"^(members? [0-9-]+): restarts from lead time ([0-9]+) h")]
    private static partial Regex Restart();
}
