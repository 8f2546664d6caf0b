using System.Runtime.InteropServices;
using Cairn.Storage.Catalog;

namespace Cairn.Storage.Tests.Catalog;

/// <summary>A process of its own under <c>mpirun</c>: tells which rank a checkpoint finds before, while and after MPI is
/// initialised.</summary>
internal static unsafe class MpiProbe
{
    public static int Run(string library)
    {
        // The launcher's variables say it as well; here only the library is to be asked.
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(IsRank).ToList())
            Environment.SetEnvironmentVariable(name, null);

        var mpi = NativeLibrary.Load(library);
        var before = Found();
        _ = ((delegate* unmanaged[Cdecl]<int*, byte***, int>)NativeLibrary.GetExport(mpi, "MPI_Init"))(null, null);
        var during = Found();
        _ = ((delegate* unmanaged[Cdecl]<int>)NativeLibrary.GetExport(mpi, "MPI_Finalize"))();
        Console.WriteLine($"before {before}, during {during}, after {Found()}");
        return 0;
    }

    private static string Found()
    {
        var checkpoint = new Checkpoint("probe", new CheckpointOptions { Path = "/nowhere" });
        return $"{checkpoint.Rank} of {checkpoint.WorldSize}";
    }

    private static bool IsRank(string name) => name is "RANK" or "WORLD_SIZE" or "OMPI_COMM_WORLD_RANK" or "OMPI_COMM_WORLD_SIZE"
        or "PMI_RANK" or "PMI_SIZE" or "SLURM_PROCID" or "SLURM_NTASKS";
}
