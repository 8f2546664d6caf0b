using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Cairn.Storage.Catalog;

/// <summary>Which rank this process is, for a checkpoint that is not given, by the launcher's variables: the first launcher decides that
/// tells both rank and number of ranks. An MPI that the process has initialised takes precedence.</summary>
public static partial class RankDetection
{
    /// <summary>A launcher's rank, and the variables that may have its number of ranks. Earth2Studio always takes the size from
    /// <c>WORLD_SIZE</c>, and PhysicsNeMo, which it asks first, from <c>SLURM_NPROCS</c>. A rank within one node comes last.</summary>
    private static readonly (string Rank, string[] Sizes)[] Launchers =
    [
        ("RANK", ["WORLD_SIZE"]), ("OMPI_COMM_WORLD_RANK", ["OMPI_COMM_WORLD_SIZE", "WORLD_SIZE"]),
        ("PMI_RANK", ["PMI_SIZE", "WORLD_SIZE"]), ("MV2_COMM_WORLD_RANK", ["MV2_COMM_WORLD_SIZE", "WORLD_SIZE"]),
        (SlurmRank, ["SLURM_NTASKS", "SLURM_NPROCS", "SLURM_STEP_NUM_TASKS", "WORLD_SIZE"]),
        ("FLUX_TASK_RANK", ["FLUX_JOB_SIZE", "WORLD_SIZE"]), ("JSM_NAMESPACE_RANK", ["JSM_NAMESPACE_SIZE", "WORLD_SIZE"]),
        ("PMIX_RANK", ["WORLD_SIZE"]), (LocalRank, ["WORLD_SIZE"]),
    ];

    private const string SlurmRank = "SLURM_PROCID", StepSpread = "SLURM_STEP_TASKS_PER_NODE", Spread = "SLURM_TASKS_PER_NODE";
    private const string LocalRank = "LOCAL_RANK";
    private const string LocalSize = "LOCAL_WORLD_SIZE";

    /// <summary>Rank and number of ranks; 0 of 1 if no launcher sets a rank.</summary>
    /// <exception cref="SpecException">A variable is not a number, the rank is outside its world, or a rank is set but not the number of
    /// ranks.</exception>
    public static (int Rank, int WorldSize) Detect(Func<string, string?> environment)
    {
        string? Given(string name) => environment(name) is { Length: > 0 } value ? value : null;
        var ranks = Launchers.Where(l => Given(l.Rank) is not null).ToList();
        foreach (var (rank, sizes) in ranks)
        {
            if (Array.Find(sizes, s => Given(s) is not null) is { } size && !(rank == LocalRank && IsOfOneNode(Given, size)))
                return Pair(rank, Given(rank)!, size, Given(size)!);
        }

        if (Given(SlurmRank) is { } slurm && (Given(StepSpread) ?? Given(Spread)) is { } spread)
        {
            // What sbatch sets for its script when no number of tasks was requested.
            return Pair(SlurmRank, slurm, Given(StepSpread) is null ? Spread : StepSpread, Tasks(spread));
        }

        return ranks.Count == 0 ? (0, 1) : throw Unfinished(ranks[0].Rank, Given(ranks[0].Rank)!, ranks[0].Sizes);
    }

    /// <summary>What a checkpoint's options say, and for what they do not say, what is detected.</summary>
    internal static (int Rank, int WorldSize) Of(CheckpointOptions options)
    {
        var found = options is { Rank: not null, WorldSize: not null }
            ? (Rank: 0, WorldSize: 1)
            : LoadedMpi.World() ?? Detect(Environment.GetEnvironmentVariable);
        var (rank, size) = (options.Rank ?? found.Rank, options.WorldSize ?? found.WorldSize);
        return rank >= 0 && rank < size
            ? (rank, size)
            : throw new SpecException($"Rank {rank} of {size}: expected a rank from 0 to {size - 1}.");
    }

    /// <summary>Two nodes have a local rank 0 each.</summary>
    private static bool IsOfOneNode(Func<string, string?> given, string size) => given(LocalSize) is { } local && local != given(size);

    private static (int Rank, int WorldSize) Pair(string rankName, string rank, string sizeName, string size)
    {
        var found = (Rank: Number(rankName, rank), WorldSize: Number(sizeName, size));
        return found.Rank < found.WorldSize
            ? found
            : throw new SpecException(
                $"{rankName}={rank} lies outside {sizeName}={size}: expected a rank from 0 to {found.WorldSize - 1}.");
    }

    /// <summary>How many tasks <c>4(x2),3</c> are on all nodes; the text itself where it is no such list.</summary>
    private static string Tasks(string spread)
    {
        var parts = spread.Split(',').Select(part => TasksOfNodes().Match(part)).ToList();
        return parts.TrueForAll(p => p.Success)
            ? parts.Sum(p => Count(p.Groups[1]) * Count(p.Groups[2])).ToString(CultureInfo.InvariantCulture)
            : spread;

        static int Count(Group group) => group.Success ? int.Parse(group.Value, CultureInfo.InvariantCulture) : 1;
    }

    [GeneratedRegex(@"\A([0-9]{1,6})(?:\(x([0-9]{1,4})\))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex TasksOfNodes();

    private static SpecException Unfinished(string name, string rank, string[] sizes) => new(name == LocalRank
        ? $"{name}={rank} is a rank on this node, and the environment does not say that this is the only node: set RANK and WORLD_SIZE, "
            + "or give the checkpoint its Rank and WorldSize."
        : $"{name}={rank} says that this process is one of several, and the number of ranks ({string.Join(", ", sizes)}) is not set: "
            + "every process would use the whole catalog as its own. Set WORLD_SIZE, or give the checkpoint its Rank and WorldSize.");

    private static int Number(string name, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new SpecException($"The environment variable {name} is '{text}'; expected a whole number from 0.");
}

/// <summary>The MPI that this process has loaded and initialised, if any: the caller of <c>MPI_Init</c> knows the rank better than a
/// launcher's variables. No library is loaded for this.</summary>
internal static unsafe class LoadedMpi
{
    /// <summary>MPICH and its derivatives: a communicator is a number of 32 bits.</summary>
    private const nint MpichWorld = 0x44000000;

    private static readonly string[] Names = ["libmpi.so", "libmpich.so", "libmpi_cray.so"];

    /// <summary>Rank and number of ranks of <c>MPI_COMM_WORLD</c>; null where no MPI is between its begin and its end.</summary>
    public static (int Rank, int WorldSize)? World()
    {
        foreach (var path in Mapped())
        {
            // The library is in memory already, so this gives its handle and loads nothing.
            if (NativeLibrary.TryLoad(path, out var library) && Query(library) is { } world)
                return world;
        }

        return null;
    }

    private static (int Rank, int WorldSize)? Query(nint library)
    {
        if (!IsSet(library, "MPI_Initialized") || IsSet(library, "MPI_Finalized"))
            return null;

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

    /// <summary>The files of MPI libraries mapped into this process; none where /proc is missing.</summary>
    private static List<string> Mapped()
    {
        const string Maps = "/proc/self/maps";
        return !File.Exists(Maps) ? [] : [.. File.ReadLines(Maps)
            .Select(line => line.IndexOf('/', StringComparison.Ordinal) is >= 0 and var at ? line[at..] : "")
            .Where(path => Array.Exists(Names, name => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal)))
            .Distinct()];
    }
}
