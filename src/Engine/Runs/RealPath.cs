namespace Cairn.Engine.Runs;

/// <summary>Follows symbolic links as the kernel does, also where the end of a path does not exist yet.</summary>
internal static class RealPath
{
    // What Linux allows in one path.
    private const int MostLinks = 40;

    /// <summary>The path without links, <c>.</c> and <c>..</c>; null when its links go in circles.</summary>
    /// <param name="path">Absolute.</param>
    public static string? Of(string path)
    {
        var left = new Stack<string>(Parts(path));
        var at = "/";
        for (var links = 0; left.TryPop(out var part);)
        {
            if (part == "..")
            {
                at = Path.GetDirectoryName(at) ?? "/";
            }
            else if (new FileInfo(Path.Combine(at, part)).LinkTarget is not { } target)
            {
                at = Path.Combine(at, part);
            }
            else if (++links > MostLinks)
            {
                return null;
            }
            else
            {
                at = Path.IsPathRooted(target) ? "/" : at;
                Parts(target).ToList().ForEach(left.Push);
            }
        }

        return at;
    }

    // The last part first, as a stack takes them.
    private static IEnumerable<string> Parts(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".").Reverse();
}
