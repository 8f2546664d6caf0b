using Xunit.Abstractions;

namespace Cairn.Cluster.Tests;

/// <summary>The process that steps a Python class, and the one that it serves, killed.</summary>
public sealed class PythonKillTests(ITestOutputHelper log) : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [SkippableFact]
    public async Task Pythons_killed_at_random_moments_are_followed_by_others_and_the_bytes_are_those_of_an_undisturbed_run()
    {
        var (calm, disturbed) = Folders();
        await RunToEndAsync(calm);
        var seed = Environment.TickCount;
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var process = CairnProcess.Start(
            disturbed, "run", KindSpecs.File, "--set", "supervision.first-pause=10ms", "--set", "supervision.max-restarts=20");
        var exit = process.ExitAsync();
        var kills = 0;
        for (var sessions = 1; sessions <= 9 && !exit.IsCompleted; sessions += 2)
        {
            await Task.WhenAny(exit, process.LinesAsync(sessions));
            using var moment = new CancellationTokenSource(random.Next(0, 100));
            await Task.WhenAny(exit, moment.Token.AsTask());
            kills += process.ChildIds.Count;
            process.KillChildren();
        }

        Assert.True(await exit == 0, process.Text);
        log.WriteLine($"{kills} kills");
        Assert.True(kills > 0, "No Python was there to be killed: nothing is proven.\n" + process.Text);
        TestFiles.AssertSameBytes(Path.Combine(calm, "out"), Path.Combine(disturbed, "out"));
    }

    [SkippableFact]
    public async Task A_Python_goes_with_the_process_that_it_serves()
    {
        var (folder, _) = Folders();
        using var process = CairnProcess.Start(folder, "run", KindSpecs.File, "--set", "lead-times.count=100000");
        await process.LinesAsync(3);
        var pythons = process.ChildIds;
        Assert.NotEmpty(pythons);
        process.Kill();
        await process.ExitAsync();

        Assert.True(SpinWait.SpinUntil(() => pythons.TrueForAll(id => State(id) is 'Z' or null), TimeSpan.FromSeconds(30)));
    }

    private (string Calm, string Disturbed) Folders()
    {
        KindSpecs.RequireInterpreter();
        return (KindSpecs.Write(_scratch, "calm", KindSpecs.Python), KindSpecs.Write(_scratch, "disturbed", KindSpecs.Python));
    }

    private static async Task RunToEndAsync(string folder)
    {
        var (code, text) = await CairnProcess.RunAsync(folder, "run", KindSpecs.File);
        Assert.True(code == 0, text);
    }

    /// <summary>What the kernel calls a process that is there: Z for one that has ended, and nobody has asked how.</summary>
    private static char? State(int process) => Text($"/proc/{process}/stat") is { Length: > 0 } text ? text.Split(") ")[1][0] : null;

    /// <summary>What the kernel tells, or nothing where the process is gone.</summary>
    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
