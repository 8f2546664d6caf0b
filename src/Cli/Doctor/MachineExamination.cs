using System.Globalization;

namespace Cairn.Cli.Doctor;

/// <summary>Looks for what Cairn builds on, and says how to get what is missing.</summary>
internal static class MachineExamination
{
    private static readonly string[] NetCdfNames = ["libnetcdf.so.22", "libnetcdf.so.19", "libnetcdf.so.18", "libnetcdf.so"];

    public static IReadOnlyList<Finding> Run(IMachine machine) =>
        [DotNet(machine.Runtime), .. Torch(machine.Torch), Mpi(machine), NetCdf(machine), Database(machine)];

    private static Finding DotNet(Version version) => version.Major >= 10
        ? Finding.Good(".NET", version.ToString())
        : Finding.Broken(".NET", version.ToString(), "Install .NET 10 or newer: https://learn.microsoft.com/dotnet/core/install/linux");

    private static IEnumerable<Finding> Torch(TorchFacts torch)
    {
        if (torch.Unusable is not null)
        {
            yield return Finding.Broken("libtorch", torch.Unusable,
                $"{Apt("libtorch-dev cmake g++")}, then start ./cairn again: it builds the shim.");
            yield break;
        }

        yield return Finding.Good("libtorch", string.Create(CultureInfo.InvariantCulture,
            $"{torch.Version}, {torch.InstructionSet}, {torch.Threads} thread(s)"));
        // Debian's alternatives put the reference implementation here until another one is installed.
        yield return torch.Blas.StartsWith("blas/", StringComparison.Ordinal)
            ? Finding.Limited("BLAS", $"the reference implementation ({torch.Blas}): large matrix products are slow",
                $"{Apt("libopenblas0-pthread")}, before a run is begun: another BLAS rounds otherwise, which a resume notices.")
            : Finding.Good("BLAS", torch.Blas);
        yield return torch.CudaDevices > 0
            ? Finding.Good("CUDA", string.Create(CultureInfo.InvariantCulture, $"{torch.CudaDevices} device(s)"))
            : Finding.Limited("CUDA", "no device that this libtorch can use: models step on the CPU",
                "For a GPU, build against a libtorch with CUDA: CAIRN_TORCH_PREFIX=DIR ./cairn doctor");
    }

    private static Finding Mpi(IMachine machine)
    {
        var launcher = machine.FirstLineOf("mpirun", "--version");
        if (launcher is null)
        {
            return Finding.Limited("MPI", "no mpirun: ranks can only share one process", Apt("openmpi-bin libopenmpi-dev"));
        }

        if (machine.Mpi.Unusable is { } reason)
        {
            return Finding.Limited("MPI", $"{launcher}, but {reason}");
        }

        // Ranks that one MPI's launcher starts do not find each other through another's library: each takes itself for the only one.
        var library = NameOf(machine.Mpi.Version);
        return IsOpenMpi(launcher) == IsOpenMpi(library)
            ? Finding.Good("MPI", $"{library}, started by {launcher}")
            : Finding.Limited("MPI", $"Cairn's shim is built with {library}, but mpirun is another's: {launcher}",
                "Set CAIRN_MPICC to the mpicc that belongs to mpirun, then start ./cairn again: it builds the shim anew.");
    }

    private static bool IsOpenMpi(string text) => text.Contains("Open MPI", StringComparison.Ordinal);

    /// <summary>Open MPI says all in one line, with commas; MPICH says <c>MPICH Version:</c>, a tab and the number in its first.</summary>
    private static string NameOf(string version) =>
        version.Split('\n')[0].Split(',')[0].Replace('\t', ' ').Replace(" Version:", "", StringComparison.Ordinal);

    private static Finding NetCdf(IMachine machine) => machine.TextFrom("nc_inq_libvers", NetCdfNames) is { } version
        ? Finding.Good("NetCDF", version.Split(" of ")[0])
        : Finding.Broken("NetCDF", "none of " + string.Join(", ", NetCdfNames) + " can be loaded", Apt("libnetcdf-dev"));

    private static Finding Database(IMachine machine) => machine.FirstLineOf("psql", "--version") is { } client
        ? Finding.Good("PostgreSQL", client)
        : Finding.Limited("PostgreSQL", "no psql: the ledger of one machine is SQLite's; of many, a PostgreSQL server's, anywhere",
            Apt("postgresql"));

    private static string Apt(string packages) => $"sudo apt-get install -y --no-install-recommends {packages}";
}
