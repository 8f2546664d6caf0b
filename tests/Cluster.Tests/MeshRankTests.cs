using System.Runtime.InteropServices;

namespace Cairn.Cluster.Tests;

/// <summary>A mesh whose ranks are processes under MPI, which exchange ghosts with whom they share edges.</summary>
public sealed class MeshRankTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [SkippableFact]
    public async Task Four_ranks_over_MPI_then_one_process_then_three_ranks_write_the_bytes_of_an_undisturbed_run()
    {
        var (calm, disturbed) = (KindSpecs.Write(_scratch, "calm", KindSpecs.Mesh), KindSpecs.Write(_scratch, "disturbed", KindSpecs.Mesh));
        await RunToEndAsync(calm, ["run", KindSpecs.File]);
        await StopAsync(disturbed, Launchers.Run(KindSpecs.File, Launchers.Mpi, 4));
        await StopAsync(disturbed, ["run", KindSpecs.File]);
        await RunToEndAsync(disturbed, Launchers.Run(KindSpecs.File, Launchers.Mpi, 3));

        TestFiles.AssertSameBytes(Path.Combine(calm, "out"), Path.Combine(disturbed, "out"));
    }

    private static async Task RunToEndAsync(string folder, string[] arguments)
    {
        var (code, text) = await CairnProcess.RunAsync(folder, arguments);
        Assert.True(code == 0, text);
    }

    /// <summary>SIGTERM after a session: all ranks halt at one boundary, and make it durable.</summary>
    private static async Task StopAsync(string folder, string[] arguments)
    {
        using var process = CairnProcess.Start(folder, arguments);
        await process.LineAsync(line => line.Contains(": session ", StringComparison.Ordinal));
        process.Signal(PosixSignal.SIGTERM);
        Assert.True(await process.ExitAsync() == 3, process.Text);
        await RankProcess.NoneLeftAsync(folder);
    }
}
