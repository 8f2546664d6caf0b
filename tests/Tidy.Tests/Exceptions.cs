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
        ["src/Cli/Doctor"] = "asks mpirun and psql for their versions",
        ["src/Actors/Remote"] = "launches the processes that step batches",
    };

    /// <summary>Folders (or files) that may call libc's file functions.</summary>
    public static readonly Dictionary<string, string> NativeFiles = new(StringComparer.Ordinal)
    {
        ["src/Storage/Durable"] = "the seam over the file system",
    };

    /// <summary>Files with static state that changes.</summary>
    public static readonly Dictionary<string, string> MutableStatics = new(StringComparer.Ordinal)
    {
        ["src/Actors/Kernel/Cells/CurrentCell.cs"] = "a thread's own: which actor it runs, which Context and Tell take no parameter for",
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
