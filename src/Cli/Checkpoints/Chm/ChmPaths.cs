using Cairn.Storage.Chm;
using Cairn.Storage.Durable;
using Cairn.Storage.Words;

namespace Cairn.Cli.Checkpoints.Chm;

/// <summary>Finds CHM's checkpoints at what a user typed: a JSON, the folder of them, or the output's folder around that.</summary>
internal static class ChmPaths
{
    /// <summary>The checkpoints, oldest first; empty where there are none, so that the path is a catalog's if anything.</summary>
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

    /// <summary>One of them by its place in the list, negative from the end.</summary>
    /// <exception cref="SpecException">There is none at that place.</exception>
    public static ChmListed At(IReadOnlyList<ChmListed> found, int index, string path)
    {
        var at = index < 0 ? found.Count + index : index;
        return at >= 0 && at < found.Count ? found[at] : throw new SpecException(
            $"{path} has {Count.Of(found.Count, "checkpoint")}; there is no checkpoint {index}. List them: "
            + $"{ProgramName.Value} checkpoints ls {path}");
    }

    /// <summary>A JSON under a name of the user's own; what it says is all that there is to go by.</summary>
    private static ChmListed Unnamed(string path)
    {
        var checkpoint = ChmCheckpoint.Open(path);
        return new ChmListed(path, checkpoint.Time, checkpoint.Ranks);
    }
}
