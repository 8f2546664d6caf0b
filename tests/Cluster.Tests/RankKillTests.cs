using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Cairn.Cluster.Tests;

/// <summary>Processes of ranks, their launcher and their node, killed at any moment: nobody is left, and no byte is changed.</summary>
[Collection(WaterCollection.Name)]
public sealed partial class RankKillTests(CalmWater calm, ITestOutputHelper log) : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [SkippableTheory]
    [Trait("Category", "Slow")]
    [InlineData(Launchers.Process, 1)]
    [InlineData(Launchers.Mpi, 3)]
    public Task Killed_at_random_moments_ranks_change_no_byte(string launcher, int ranks) => KillAsync(launcher, ranks, kills: 6);

    [SkippableTheory]
    [Trait("Category", "Soak")]
    [InlineData(Launchers.Process, 2)]
    [InlineData(Launchers.Mpi, 4)]
    public Task Twenty_kills_change_nothing_either(string launcher, int ranks) => KillAsync(launcher, ranks, kills: 20);

    [SkippableTheory]
    [InlineData(Launchers.Process, 2)]
    [InlineData(Launchers.Mpi, 3)]
    public async Task A_killed_node_leaves_no_ranks_behind_and_the_next_goes_on(string launcher, int ranks)
    {
        var spec = Specs.Water(_scratch, "disturbed", CalmWater.Count);
        using (var process = CairnProcess.Start(_scratch.Folder, Launchers.Run(spec, launcher, ranks)))
        {
            await process.LineAsync(IsSession);
            var started = RankProcess.In(_scratch.Folder);
            Assert.NotEmpty(started);
            process.Kill();
            await process.ExitAsync();
            await RankProcess.NoneLeftAsync(_scratch.Folder);
        }

        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, Launchers.Run(spec, launcher, ranks));
        Assert.True(code == 0, text);
        Assert.Contains("restarts from lead time", text, StringComparison.Ordinal);
        TestFiles.AssertSameBytes(calm.Fields, _scratch["disturbed/fields.zarr"]);
    }

    [SkippableTheory]
    [InlineData(Launchers.Process, 2)]
    [InlineData(Launchers.Mpi, 3)]
    public async Task Shards_of_ranks_whose_node_was_killed_have_the_bytes_of_those_of_one_process(string launcher, int ranks)
    {
        var (calm, disturbed) = (
            Specs.Water(_scratch, "one", CalmWater.Count, Specs.Shards), Specs.Water(_scratch, "disturbed", CalmWater.Count, Specs.Shards));
        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, "run", calm);
        Assert.True(code == 0, text);
        using (var process = CairnProcess.Start(_scratch.Folder, Launchers.Run(disturbed, launcher, ranks)))
        {
            await process.LineAsync(IsSession);
            process.Kill();
            await process.ExitAsync();
            await RankProcess.NoneLeftAsync(_scratch.Folder);
        }

        (code, text) = await CairnProcess.RunAsync(_scratch.Folder, Launchers.Run(disturbed, launcher, ranks));
        Assert.True(code == 0, text);
        Assert.Contains("restarts from lead time", text, StringComparison.Ordinal);
        Assert.True(File.Exists(_scratch["disturbed/fields.zarr/u/c.0.0.0.0.0"]));
        TestFiles.AssertSameBytes(_scratch["one/fields.zarr"], _scratch["disturbed/fields.zarr"]);
    }

    [SkippableFact]
    public async Task A_killed_mpiexec_leaves_no_ranks_behind_and_the_run_goes_on()
    {
        await KillOneAsync(process => process.IsLauncher);
    }

    [SkippableFact]
    public async Task A_killed_rank_leaves_no_siblings_behind_and_the_run_goes_on()
    {
        await KillOneAsync(process => !process.IsLauncher);
    }

    [SkippableFact]
    public async Task Four_ranks_over_MPI_then_one_process_then_three_ranks_write_the_same_bytes()
    {
        var spec = Specs.Water(_scratch, "disturbed", CalmWater.Count);
        await StopAsync(Launchers.Run(spec, Launchers.Mpi, 4));
        await StopAsync(["run", spec]);
        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, Launchers.Run(spec, Launchers.Mpi, 3));
        Assert.True(code == 0, text);
        Assert.Contains("restarts from lead time", text, StringComparison.Ordinal);
        // Processes that have ended as they should are nothing to warn of.
        Assert.DoesNotContain("No connection", text, StringComparison.Ordinal);
        TestFiles.AssertSameBytes(calm.Fields, _scratch["disturbed/fields.zarr"]);
    }

    /// <summary>SIGTERM after a session: all ranks halt at one boundary, and make it durable.</summary>
    private async Task StopAsync(string[] arguments)
    {
        using var process = CairnProcess.Start(_scratch.Folder, arguments);
        await process.LineAsync(IsSession);
        process.Signal(PosixSignal.SIGTERM);
        Assert.True(await process.ExitAsync() == 3, process.Text);
        Assert.False(process.Text.Contains("failed", StringComparison.Ordinal), process.Text);
        await RankProcess.NoneLeftAsync(_scratch.Folder);
    }

    private async Task KillOneAsync(Func<RankProcess, bool> which)
    {
        var spec = Specs.Water(_scratch, "disturbed", CalmWater.Count);
        using var process = CairnProcess.Start(_scratch.Folder, Launchers.Run(spec, Launchers.Mpi, 3));
        await process.LineAsync(IsSession);
        var first = RankProcess.In(_scratch.Folder);
        first.First(which).Kill();
        await process.LineAsync(line => line.Contains("starts again", StringComparison.Ordinal));
        Assert.Empty(RankProcess.In(_scratch.Folder).Intersect(first));
        Assert.True(await process.ExitAsync() == 0, process.Text);
        await RankProcess.NoneLeftAsync(_scratch.Folder);
        TestFiles.AssertSameBytes(calm.Fields, _scratch["disturbed/fields.zarr"]);
    }

    private async Task KillAsync(string launcher, int ranks, int kills)
    {
        var seed = Environment.TickCount;
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var spec = Specs.Water(_scratch, "disturbed", CalmWater.Count);
        using var process = CairnProcess.Start(_scratch.Folder, Launchers.Run(spec, launcher, ranks));
        var exit = process.ExitAsync();
        var killed = 0;
        while (killed < kills && !exit.IsCompleted)
        {
            await Task.WhenAny(exit, process.LinesAsync(process.Lines.Count + random.Next(0, 3)));
            using var moment = new CancellationTokenSource(random.Next(0, 1500));
            await Task.WhenAny(exit, moment.Token.AsTask());
            var victims = RankProcess.In(_scratch.Folder);
            if (victims.Count > 0)
            {
                var victim = victims[random.Next(victims.Count)];
                var last = process.Lines is [.., var line] ? line : "nothing";
                log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"kill {++killed}: {victim}, after: {last}"));
                victim.Kill();
            }
        }

        Assert.True(await exit == 0, process.Text);
        await RankProcess.NoneLeftAsync(_scratch.Folder);
        TestFiles.AssertSameBytes(calm.Fields, _scratch["disturbed/fields.zarr"]);
        Assert.True(killed >= kills / 2, $"the run ended after {killed} kills");
    }

    private static bool IsSession(string line) => Session().IsMatch(line);

    [GeneratedRegex(@"^(members? [0-9-]+): session \S+ at lead time ([0-9]+) h")]
    private static partial Regex Session();
}
