using System.Runtime.InteropServices;

namespace Cairn.Storage.Catalog;

/// <summary>
/// The MPI that this process has loaded and initialised, if any: the caller of <c>MPI_Init</c> knows the rank better than a launcher's
/// variables. No library is loaded for this.
/// </summary>
internal static unsafe class LoadedMpi
{
    /// <summary>MPICH and its kin: a communicator is a number of 32 bits.</summary>
    private const nint MpichWorld = 0x44000000;

    private static readonly string[] Names = ["libmpi.so", "libmpich.so", "libmpi_cray.so"];

    /// <summary>Rank and number of ranks of <c>MPI_COMM_WORLD</c>; null where no MPI is between its begin and its end.</summary>
    public static (int Rank, int WorldSize)? World()
    {
        foreach (var path in Mapped())
        {
            // The library is in memory already, so this gives its handle and loads nothing.
            if (NativeLibrary.TryLoad(path, out var library) && Ask(library) is { } world)
            {
                return world;
            }
        }

        return null;
    }

    private static (int Rank, int WorldSize)? Ask(nint library)
    {
        if (!IsSet(library, "MPI_Initialized") || IsSet(library, "MPI_Finalized"))
        {
            return null;
        }

        // Open MPI's communicators are addresses, and that of the world is exported under a name of its own.
        var world = NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out var address) ? address : MpichWorld;
        return Number(library, "MPI_Comm_rank", world) is { } rank && Number(library, "MPI_Comm_size", world) is { } size
            ? (rank, size)
            : null;
    }

    private static bool IsSet(nint library, string name)
    {
        var flag = 0;
        return NativeLibrary.TryGetExport(library, name, out var call)
            && ((delegate* unmanaged[Cdecl]<int*, int>)call)(&flag) == 0 && flag != 0;
    }

    private static int? Number(nint library, string name, nint communicator)
    {
        var number = 0;
        return NativeLibrary.TryGetExport(library, name, out var call)
            && ((delegate* unmanaged[Cdecl]<nint, int*, int>)call)(communicator, &number) == 0 ? number : null;
    }

    /// <summary>The files of MPI libraries in this process's memory; none where the system does not tell.</summary>
    private static List<string> Mapped()
    {
        const string Maps = "/proc/self/maps";
        return !File.Exists(Maps) ? [] : [.. File.ReadLines(Maps)
            .Select(line => line.IndexOf('/', StringComparison.Ordinal) is >= 0 and var at ? line[at..] : "")
            .Where(path => Array.Exists(Names, name => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal)))
            .Distinct(StringComparer.Ordinal)];
    }
}
