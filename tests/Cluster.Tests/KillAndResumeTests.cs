using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Cairn.Cluster.Tests;

/// <summary>
/// The promise, on real processes: whatever dies, the run ends with the same bytes and repeats only the steps since its last session.
/// </summary>
public sealed partial class KillAndResumeTests(ITestOutputHelper log) : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData(Specs.Shards)]
    public Task A_run_killed_at_random_moments_ends_with_the_bytes_of_an_undisturbed_one(string settings) => KillAsync(kills: 6, settings);

    [SkippableTheory]
    [InlineData("")]
    [InlineData(Specs.Shards)]
    [Trait("Category", "Soak")]
    public Task Twenty_kills_change_nothing_either(string settings) => KillAsync(kills: 20, settings);

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData((PosixSignal)10)] // SIGUSR1
    public async Task A_signal_stops_at_a_boundary_with_exit_code_3_and_the_same_command_goes_on(PosixSignal signal)
    {
        var (calm, disturbed) = (Specs.Winds(_scratch, "calm"), Specs.Winds(_scratch, "disturbed"));
        await RunToEndAsync(calm);
        // A shell that starts the tests in the background makes all below it deaf to SIGINT.
        using (var process = CairnProcess.StartUnder(["env", "--default-signal=INT"], _scratch.Folder, "run", disturbed))
        {
            await process.LineAsync(IsSession);
            process.Signal(signal);
            Assert.Equal(3, await process.ExitAsync());
            Assert.Contains("to continue", process.Text, StringComparison.Ordinal);
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

    private async Task KillAsync(int kills, string settings)
    {
        var seed = Environment.TickCount;
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var (calm, disturbed) = (Specs.Winds(_scratch, "calm", more: settings), Specs.Winds(_scratch, "disturbed", more: settings));
        await RunToEndAsync(calm);

        var reported = new Dictionary<string, int>();
        for (var kill = 0; kill < kills; kill++)
        {
            using var process = CairnProcess.Start(_scratch.Folder, "run", disturbed);
            await RandomMomentAsync(process, random);
            process.Kill();
            await process.ExitAsync();
            log.WriteLine($"kill {kill} after: {(process.Lines is [.., var last] ? last : "nothing")}");
            CheckRestarts(process.Lines, reported);
        }

        await RunToEndAsync(disturbed);
        TestFiles.AssertSameBytes(_scratch["calm/fields.zarr"], _scratch["disturbed/fields.zarr"]);
    }

    /// <summary>
    /// A moment anywhere from the start of the process to the end of the run: after so many lines, and then some milliseconds.
    /// </summary>
    private static async Task RandomMomentAsync(CairnProcess process, Random random)
    {
        var lines = random.Next(0, 7);
        var exit = process.ExitAsync();
        await Task.WhenAny(exit, process.LinesAsync(lines));
        using var moment = new CancellationTokenSource(random.Next(0, 300));
        await Task.WhenAny(exit, moment.Token.AsTask());
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
                reported[session.Groups[1].Value] = int.Parse(session.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
        }
    }

    [SkippableFact]
    public async Task A_disk_that_refuses_to_sync_fails_the_run_by_name_and_the_same_command_goes_on_later()
    {
        Skip.IfNot(File.Exists("/usr/bin/strace"), "strace is not installed");
        var (calm, disturbed) = (Specs.Winds(_scratch, "calm"), Specs.Winds(_scratch, "disturbed"));
        await RunToEndAsync(calm);
        string[] fault = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:error=ENOSPC:when=40+"];
        using (var process = CairnProcess.StartUnder(fault, _scratch.Folder, "run", disturbed))
        {
            Assert.Equal(1, await process.ExitAsync());
            Assert.Contains("fsync failed on", process.Text, StringComparison.Ordinal);
            Assert.Contains("No space left on device", process.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", process.Text, StringComparison.Ordinal);
        }

        await RunToEndAsync(disturbed);
        TestFiles.AssertSameBytes(_scratch["calm/fields.zarr"], _scratch["disturbed/fields.zarr"]);
    }

    [Fact]
    public async Task A_changed_spec_is_refused_key_by_key_and_changes_nothing()
    {
        var spec = Specs.Winds(_scratch, "changed", count: 4);
        await RunToEndAsync(spec);
        var before = TestFiles.Digests(_scratch["changed"]);
        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, "run", spec, "--set", "ensemble.seed=8", "--set", "model.step=15m");
        Assert.Equal(2, code);
        Assert.Contains("ensemble.seed: was 7, now 8", text, StringComparison.Ordinal);
        Assert.Contains("model.step: was 30m, now 15m", text, StringComparison.Ordinal);
        Assert.Contains("--fresh", text, StringComparison.Ordinal);
        var after = TestFiles.Digests(_scratch["changed"]);
        // Whoever takes the run's lock writes its name into it; nothing else may change.
        before.Remove("checkpoints/run.lock");
        after.Remove("checkpoints/run.lock");
        Assert.Equal(before, after);
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
