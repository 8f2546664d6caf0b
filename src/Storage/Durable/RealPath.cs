namespace Cairn.Storage.Durable;

/// <summary>Where paths lead: follows symbolic links as the kernel does, also where the end of a path does not exist yet.</summary>
public static class RealPath
{
    // What Linux allows in one path.
    private const int MostLinks = 40;

    /// <summary>The path without links, <c>.</c> and <c>..</c>; null when its links go in circles.</summary>
    /// <param name="path">Absolute.</param>
    public static string? Of(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
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

    /// <summary>
    /// A folder's own place: the path as it is, or, where it is itself a symbolic link, what that leads to, whether it is there or not.
    /// </summary>
    /// <param name="path">Absolute.</param>
    public static string OfFolder(string path) => new FileInfo(path).LinkTarget is null ? path : Of(path) ?? path;

    /// <summary>
    /// Whether two paths lead to one file or folder, by whatever links and mounts they do; false when either is not there.
    /// </summary>
    public static bool IsSame(string one, string other) => LibC.Identity(one) is { } identity && identity == LibC.Identity(other);

    // The last part first, as a stack takes them.
    private static IEnumerable<string> Parts(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".").Reverse();
}
