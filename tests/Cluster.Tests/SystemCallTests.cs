using Xunit.Abstractions;

namespace Cairn.Cluster.Tests;

/// <summary>Real processes killed by the kernel at one system call of their way to the disk, found by its number.</summary>
public sealed class SystemCallTests(ITestOutputHelper log) : IDisposable
{
    private const string Calls = "fsync,rename,link,unlink,mkdir";
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [SkippableTheory]
    [InlineData("")]
    [InlineData(Specs.Shards)]
    public Task A_run_killed_at_chosen_system_calls_ends_with_the_bytes_of_an_undisturbed_one(string settings) =>
        KillAtAsync([1, 4, 9, 16, 25, 36], settings);

    [SkippableTheory]
    [InlineData("")]
    [InlineData(Specs.Shards)]
    [Trait("Category", "Soak")]
    public Task A_run_killed_at_every_system_call_ends_with_the_bytes_of_an_undisturbed_one(string settings) =>
        KillAtAsync([.. Enumerable.Range(1, 40)], settings);

    private async Task KillAtAsync(IReadOnlyList<int> numbers, string settings)
    {
        Skip.IfNot(File.Exists("/usr/bin/strace"), "strace is not installed");
        await RunToEndAsync(Specs.Persistence(_scratch, "calm", settings));
        var killed = 0;
        foreach (var number in numbers)
        {
            var name = $"killed-{number}";
            var spec = Specs.Persistence(_scratch, name, settings);
            var inject = $"inject={Calls}:signal=SIGKILL:when={number}";
            string[] kill = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", $"trace={Calls}", "-e", inject];
            using (var process = CairnProcess.StartUnder(kill, _scratch.Folder, "run", spec))
            {
                // Each thread counts its own calls, so that a late number may never come.
                killed += await process.ExitAsync() == 0 ? 0 : 1;
            }

            await RunToEndAsync(spec);
            TestFiles.AssertSameBytes(_scratch["calm/fields.zarr"], _scratch[name + "/fields.zarr"]);
            Directory.Delete(_scratch[name], recursive: true);
        }

        log.WriteLine($"{killed} of {numbers.Count} runs were killed");
        Assert.True(killed >= numbers.Count / 2, "Most runs ended before their number came: the numbers are too high to prove anything.");
    }

    private async Task RunToEndAsync(string spec)
    {
        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, "run", spec);
        Assert.True(code == 0, text);
    }
}
