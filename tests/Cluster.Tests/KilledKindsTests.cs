using Xunit.Abstractions;

namespace Cairn.Cluster.Tests;

/// <summary>Real processes killed while they step each kind of model, breed perturbations, and derive files from fields.</summary>
public sealed class KilledKindsTests(ITestOutputHelper log) : IDisposable
{
    // One thread makes some 450 of them: the picture's to the 12th, NetCDF's to the 110th, those of the statistics to the 330th, then the
    // record's and those that drop the members.
    private const string Calls = "pwrite64,write,fsync,rename,unlink,rmdir";
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public Task A_layer_on_the_sphere_killed_at_random_moments_ends_with_the_bytes_of_an_undisturbed_one() =>
        KillAtRandomAsync(KindSpecs.SphericalShallowWater, kills: 3);

    [Fact]
    public Task An_ONNX_file_killed_at_random_moments_while_it_is_stepped_ends_with_the_bytes_of_an_undisturbed_one() =>
        KillAtRandomAsync(KindSpecs.Onnx, kills: 3);

    [Fact]
    public Task A_run_of_several_initial_times_killed_at_random_moments_ends_with_the_bytes_of_an_undisturbed_one() =>
        KillAtRandomAsync(KindSpecs.SeveralTimes, kills: 4);

    [Fact]
    public Task Networks_by_a_schedule_killed_at_random_moments_end_with_the_bytes_of_an_undisturbed_run() =>
        KillAtRandomAsync(KindSpecs.Networks, kills: 3);

    [SkippableFact]
    public Task A_Python_class_killed_at_random_moments_while_it_is_stepped_ends_with_the_bytes_of_an_undisturbed_one()
    {
        KindSpecs.RequireInterpreter();
        return KillAtRandomAsync(KindSpecs.Python, kills: 3);
    }

    [Theory]
    [Trait("Category", "Soak")]
    [InlineData(KindSpecs.SphericalShallowWater)]
    [InlineData(KindSpecs.ShallowWater)]
    [InlineData(KindSpecs.Lorenz96)]
    [InlineData(KindSpecs.Mesh)]
    [InlineData(KindSpecs.Diagnostics)]
    [InlineData(KindSpecs.Onnx)]
    [InlineData(KindSpecs.Networks)]
    [InlineData(KindSpecs.BredVector)]
    [InlineData(KindSpecs.Derived)]
    [InlineData(KindSpecs.SeveralTimes)]
    public Task A_run_of_any_kind_killed_ten_times_ends_with_the_bytes_of_an_undisturbed_one(string kind) => KillAtRandomAsync(kind, 10);

    [SkippableFact]
    public Task A_run_killed_while_it_derives_its_files_and_drops_its_members_derives_the_same_bytes() =>
        KillWhileDerivingAsync([10, 60, 400]);

    [SkippableFact]
    [Trait("Category", "Soak")]
    public Task A_run_killed_at_any_call_while_it_derives_its_files_derives_the_same_bytes() =>
        KillWhileDerivingAsync([.. Enumerable.Range(1, 45).Select(i => i * 10)]);

    [SkippableFact]
    public async Task A_disk_that_fills_up_inside_libnetcdf_fails_the_run_with_exit_code_1_and_the_same_command_derives_later()
    {
        Skip.IfNot(File.Exists("/usr/bin/strace"), "strace is not installed");
        var (calm, full) = (KindSpecs.Write(_scratch, "calm", KindSpecs.Derived), KindSpecs.Write(_scratch, "full", KindSpecs.Derived));
        await RunToEndAsync(calm);
        await RunToEndAsync(full, KindSpecs.WithoutDerived);
        // All but the first few of this call are HDF5's; Cairn's own files are written by another one.
        string[] fault = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=pwrite64", "-e", "inject=pwrite64:error=ENOSPC:when=20+"];
        using (var process = CairnProcess.StartUnder(fault, full, "run", KindSpecs.File))
        {
            // Once the process died at its end, of what HDF5 does there with a file that could not be closed.
            Assert.Equal(1, await process.ExitAsync());
            Assert.Contains("fields.nc", process.Text, StringComparison.Ordinal);
            Assert.Contains("Check that the disk has space", process.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", process.Text, StringComparison.Ordinal);
        }

        Assert.Equal(["fields.zarr", "forecast.html"],
            Directory.GetFileSystemEntries(Path.Combine(full, "out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        await RunToEndAsync(full);
        AssertSameOutput(calm, full);
    }

    private async Task KillAtRandomAsync(string kind, int kills)
    {
        var seed = Environment.TickCount;
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var (calm, disturbed) = (KindSpecs.Write(_scratch, "calm", kind), KindSpecs.Write(_scratch, "disturbed", kind));
        await RunToEndAsync(calm);
        for (var kill = 0; kill < kills; kill++)
        {
            using var process = CairnProcess.Start(disturbed, "run", KindSpecs.File);
            var exit = process.ExitAsync();
            await Task.WhenAny(exit, process.LinesAsync(random.Next(0, 9)));
            using var moment = new CancellationTokenSource(random.Next(0, 300));
            await Task.WhenAny(exit, moment.Token.AsTask());
            process.Kill();
            await exit;
            log.WriteLine($"kill {kill} after: {(process.Lines is [.., var last] ? last : "nothing")}");
        }

        await RunToEndAsync(disturbed);
        AssertSameOutput(calm, disturbed);
    }

    private async Task KillWhileDerivingAsync(IReadOnlyList<int> numbers)
    {
        Skip.IfNot(File.Exists("/usr/bin/strace"), "strace is not installed");
        var calm = KindSpecs.Write(_scratch, "calm", KindSpecs.Derived);
        await RunToEndAsync(calm);
        var killed = 0;
        foreach (var number in numbers)
        {
            // First all the steps without any file to derive; then nothing is left to do but that.
            var folder = KindSpecs.Write(_scratch, $"killed-{number}", KindSpecs.Derived);
            await RunToEndAsync(folder, KindSpecs.WithoutDerived);
            string[] kill =
                ["strace", "-f", "-qq", "-o", "/dev/null", "-e", $"trace={Calls}", "-e", $"inject={Calls}:signal=SIGKILL:when={number}"];
            using (var process = CairnProcess.StartUnder(kill, folder, "run", KindSpecs.File))
            {
                // Each thread counts its own calls, so that a late number may never come.
                var died = await process.ExitAsync() != 0;
                killed += died ? 1 : 0;
                var last = process.Lines is [.., var line] ? line : "nothing";
                log.WriteLine($"call {number}: {(died ? "killed" : "not killed")} after {last}");
            }

            await RunToEndAsync(folder);
            AssertSameOutput(calm, folder);
            Directory.Delete(folder, recursive: true);
        }

        Assert.True(killed >= numbers.Count / 2, "Most runs ended before their number came: the numbers are too high to prove anything.");
    }

    /// <summary>Everything that a run leaves beside its checkpoints, and no leftover.</summary>
    private static void AssertSameOutput(string calm, string disturbed) =>
        TestFiles.AssertSameBytes(Path.Combine(calm, "out"), Path.Combine(disturbed, "out"));

    private static async Task RunToEndAsync(string folder, params string[] settings)
    {
        var (code, text) = await CairnProcess.RunAsync(folder, ["run", KindSpecs.File, .. settings]);
        Assert.True(code == 0, text);
    }
}
