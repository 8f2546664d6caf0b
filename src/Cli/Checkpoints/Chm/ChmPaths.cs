using Cairn.Storage.Chm;
using Cairn.Storage.Durable;
using Cairn.Storage.Words;

namespace Cairn.Cli.Checkpoints.Chm;

/// <summary>Finds CHM's checkpoints at a path from the command line: a JSON file, its folder, or the output folder around it.</summary>
internal static class ChmPaths
{
    /// <summary>The checkpoints, oldest first; empty if there are none, so that the path can still be a catalog's.</summary>
    public static IReadOnlyList<ChmListed> Find(string path)
    {
        if (PathFound.IsFile(path))
        {
            var full = Path.GetFullPath(path);
            return new ChmFolder(Path.GetDirectoryName(full)!).List().FirstOrDefault(c => c.Path == full) is { } listed ? [listed]
                : full.EndsWith(".json", StringComparison.Ordinal) ? [Unnamed(full)]
                : [];
        }

        var found = new ChmFolder(path).List();
        return found.Count > 0 ? found : new ChmFolder(Path.Combine(path, ChmNames.Folder)).List();
    }

    /// <summary>One checkpoint by its position in the list; negative positions count from the end.</summary>
    /// <exception cref="SpecException">There is none at that position.</exception>
    public static ChmListed At(IReadOnlyList<ChmListed> found, int index, string path)
    {
        var at = index < 0 ? found.Count + index : index;
        return at >= 0 && at < found.Count ? found[at] : throw new SpecException(
            $"{path} has {Count.Of(found.Count, "checkpoint")}; there is no checkpoint {index}. List them: "
            + $"{ProgramName.Value} checkpoints ls {path}");
    }

    /// <summary>Accepts a JSON file of any name, and judges it by its contents.</summary>
    private static ChmListed Unnamed(string path)
    {
        var checkpoint = ChmCheckpoint.Open(path);
        return new ChmListed(path, checkpoint.Time, checkpoint.Ranks);
    }
}
