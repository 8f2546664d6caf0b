namespace Cairn.Tidy.Tests;

/// <summary>The places that may break a rule, each with its reason. A place that no longer breaks it must go from here.</summary>
public static class Exceptions
{
    /// <summary>Files over 400 lines.</summary>
    public static readonly Dictionary<string, string> LongFiles = new(StringComparer.Ordinal);

    /// <summary>Files outside the namespace that their folder says.</summary>
    public static readonly Dictionary<string, string> Namespaces = new(StringComparer.Ordinal)
    {
        ["src/Storage/CairnException.cs"] = "the error family belongs to every assembly, so it has the product's own namespace",
    };

    /// <summary>Folders (or files) that may start processes.</summary>
    public static readonly Dictionary<string, string> Processes = new(StringComparer.Ordinal)
    {
        ["src/Cli/Doctor"] = "asks psql for its version",
        ["src/Actors/Ranks"] = "asks a process of its own for libtorch",
        ["src/Engine/Processes"] = "launches the processes that step batches and models",
    };

    /// <summary>Files of libraries that may print.</summary>
    public static readonly Dictionary<string, string> Printing = new(StringComparer.Ordinal)
    {
        ["src/Storage/Catalog/CheckpointWarning.cs"] = "a warning that nobody asked for must be heard all the same",
        ["src/Engine/Rollouts/Workflow.cs"] = "a warning that nobody asked for must be heard all the same",
    };

    /// <summary>Folders (or files) that may call libc's file functions.</summary>
    public static readonly Dictionary<string, string> NativeFiles = new(StringComparer.Ordinal)
    {
        ["src/Storage/Durable"] = "the seam over the file system",
    };

    /// <summary>Files that may ask the managed library whether something is there.</summary>
    public static readonly Dictionary<string, string> Existence = new(StringComparer.Ordinal)
    {
        ["src/Hocon/HoconReader.cs"] = "knows nothing of Cairn; RunSpecReader looks before it reads",
        ["src/Cli/StandardStreams.cs"] = "asks the kernel, in /proc",
        ["src/Cli/Doctor/DoctorCommand.cs"] = "asks the kernel, in /proc",
        ["src/Storage/Durable/OpenFiles.cs"] = "asks the kernel, in /proc",
        ["src/Storage/Durable/RunLock.cs"] = "asks the kernel, in /proc",
        ["src/Storage/Catalog/RankDetection.cs"] = "asks the kernel, in /proc",
        ["src/Actors/WorkerNode.cs"] = "asks the kernel, in /proc",
        ["src/Actors/Ranks"] = "looks for programs on the PATH, and passes over what it may not run",
        ["src/Engine/Processes"] = "looks for programs on the PATH, and passes over what it may not run",
        ["src/Engine/Ranks/Mpiexec.cs"] = "looks for programs on the PATH, and passes over what it may not run",
    };

    /// <summary>Files with static state that changes.</summary>
    public static readonly Dictionary<string, string> MutableStatics = new(StringComparer.Ordinal)
    {
        ["src/Engine/Torch/NativeFailure.cs"] = "C++'s terminate handler is told nothing but which thread it is on",
    };

    /// <summary>Classes, by name, that stay open although nothing here derives from them.</summary>
    public static readonly Dictionary<string, string> OpenClasses = new(StringComparer.Ordinal)
    {
        ["DataException"] = "every assembly may refine it; callers catch the family's leaf",
        ["StepException"] = "every model may refine it; callers catch the family's leaf",
    };

    public static bool Covers(this Dictionary<string, string> allowed, string path) =>
        allowed.Keys.Any(k => path == k || path.StartsWith(k + "/", StringComparison.Ordinal));
}
