using System.Diagnostics;

namespace Cairn.Cluster.Tests;

/// <summary>The built CLI with a shim over MPICH in the place of the one that it was built with.</summary>
internal static class MpichCopy
{
    /// <summary>Makes it. Returns the CLI's assembly there.</summary>
    public static async Task<string> MakeAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        var cli = Path.GetDirectoryName(CairnProcess.CliAssembly)!;
        foreach (var file in Directory.EnumerateFiles(cli))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        var shim = Path.Combine(folder, "libcairn_mpi.so");
        File.Delete(shim);
        var source = Path.Combine(TestFiles.Root, "native", "mpi", "mpi.c");
        using var compiler = Process.Start("/usr/bin/mpicc.mpich", ["-shared", "-fPIC", "-O2", "-o", shim, source]);
        await compiler.WaitForExitAsync();
        Assert.Equal(0, compiler.ExitCode);
        return Path.Combine(folder, "cairn.dll");
    }
}
