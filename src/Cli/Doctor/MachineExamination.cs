using System.Globalization;

namespace Cairn.Cli.Doctor;

/// <summary>Looks for the libraries and programs that Cairn needs, and says how to install what is missing.</summary>
internal static class MachineExamination
{
    private static readonly string[] NetCdfNames = ["libnetcdf.so.22", "libnetcdf.so.19", "libnetcdf.so.18", "libnetcdf.so"];

    public static IReadOnlyList<Finding> Run(IMachine machine) =>
    [
        DotNet(machine.Runtime), .. Torch(machine.Torch), Onnx(machine.Onnx), Mpi(machine), NetCdf(machine), Database(machine),
        .. Extensions(machine),
    ];

    private static Finding DotNet(Version version) => version.Major >= 10
        ? Finding.Good(".NET", version.ToString())
        : Finding.Broken(".NET", version.ToString(), "Install .NET 10 or newer: https://learn.microsoft.com/dotnet/core/install/linux");

    private static IEnumerable<Finding> Torch(TorchFacts torch)
    {
        if (torch.Unusable is not null)
        {
            yield return Finding.Broken("libtorch", torch.Unusable, "Start with ./cairn: it builds with the libtorch of Torch.props.");
            yield break;
        }

        yield return Finding.Good("libtorch", string.Create(CultureInfo.InvariantCulture,
            $"{torch.Version} under TorchSharp {torch.TorchSharp}, {torch.InstructionSet}, {torch.Threads} thread(s), of {torch.Folder}"));
        yield return Finding.Good("MKL", torch.Mkl);
        yield return torch.CudaDevices > 0
            ? Finding.Good("CUDA", string.Create(CultureInfo.InvariantCulture, $"{torch.CudaDevices} device(s)"))
            : Finding.Limited("CUDA", "no device that this libtorch can use: models step on the CPU",
                "For a GPU: CAIRN_TORCH=cuda ./cairn doctor, or CAIRN_TORCH_PREFIX=DIR if DIR has a libtorch with CUDA.");
    }

    private static Finding Onnx(OnnxFacts onnx) => onnx.Unusable is { } reason
        ? Finding.Limited("ONNX", reason, "Start with ./cairn: it builds with the ONNX Runtime of Torch.props.")
        : Finding.Good("ONNX", $"ONNX Runtime {onnx.Version}, {string.Join(", ", onnx.Providers)}");

    private static Finding Mpi(IMachine machine)
    {
        var mpi = machine.Mpi;
        return mpi.Unusable is { } reason
            ? Finding.Limited("MPI", reason, Apt("mpich"))
            : Finding.Good("MPI", $"{NameOf(mpi.Version)}, started by {mpi.Launcher}");
    }

    /// <summary>The first line of MPICH's output is <c>MPICH Version:</c>, a tab and the version.</summary>
    private static string NameOf(string version) =>
        version.Split('\n')[0].Replace('\t', ' ').Replace(" Version:", "", StringComparison.Ordinal);

    private static Finding NetCdf(IMachine machine) => machine.TextFrom("nc_inq_libvers", NetCdfNames) is { } version
        ? Finding.Good("NetCDF", version.Split(" of ")[0])
        : Finding.Broken("NetCDF", "none of " + string.Join(", ", NetCdfNames) + " can be loaded", Apt("netcdf-bin"));

    private static Finding Database(IMachine machine) => machine.FirstLineOf("psql", "--version") is { } client
        ? Finding.Good("PostgreSQL", client)
        : Finding.Limited("PostgreSQL", "no psql: one seed uses SQLite for its journal; several need a PostgreSQL server, on any machine",
            Apt("postgresql"));

    private static IEnumerable<Finding> Extensions(IMachine machine) => machine.Extensions.Select(
        extension => Finding.Good("extension", $"{extension.Name} {extension.Version}: {extension.Adds}; {extension.Path}"));

    private static string Apt(string packages) => $"sudo apt-get install -y --no-install-recommends {packages}";
}
