using System.Text.RegularExpressions;

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

    /// <summary>A folder's own place: the path as it is, or, where it is itself a symbolic link, what that leads to, whether it is there or
    /// not.</summary>
    /// <param name="path">Absolute.</param>
    public static string OfFolder(string path) => new FileInfo(path).LinkTarget is null ? path : Of(path) ?? path;

    /// <summary>Whether two paths lead to one file or folder, by whatever links and mounts they do; false when either is not
    /// there.</summary>
    public static bool IsSame(string one, string other) => LibC.Identity(one) is { } identity && identity == LibC.Identity(other);

    // The last part first, as a stack takes them.
    private static IEnumerable<string> Parts(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".").Reverse();
}

/// <summary>What is at a path that people name, links followed. The managed library says "not there" of what it may not look at, and a run
/// whose folder is closed to its user is no run that was never begun: here that is an error.</summary>
public static partial class PathFound
{
    private const int TooLong = 36;

    /// <summary>Whether anything but a folder is there.</summary>
    /// <exception cref="SpecException">The user of this process may not look.</exception>
    /// <exception cref="DurableIOException">The file system refused.</exception>
    public static bool IsFile(string path) => TypeAt(path) is not (-1 or LibC.DirectoryType);

    /// <summary>Whether a folder is there.</summary>
    /// <inheritdoc cref="IsFile"/>
    public static bool IsFolder(string path) => TypeAt(path) == LibC.DirectoryType;

    /// <summary>Whether it is a URL (RFC 3986; of a file with one stroke, too, RFC 8089), which would become a folder of that
    /// name.</summary>
    public static bool IsUrl(string path) => Url().IsMatch(path);

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9+.-]*:/", RegexOptions.CultureInvariant)]
    private static partial Regex Url();

    private static int TypeAt(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
            return -1;

        var type = LibC.FileType(path, follow: true);
        if (type >= 0)
            return type;

        var error = LibC.LastError("stat", path);
        return error.NotFound || error.Errno is LibC.NotDirectory or TooLong ? -1
            : error.IsDenied ? throw new SpecException(
                $"{path} cannot be accessed: {Environment.UserName} may not enter {ClosedAbove(path)} (permission denied). Ask its owner "
                + "to allow it (chmod +x), or run as a user who may.", error)
            : throw error;
    }

    /// <summary>The folder that may not be entered: the lowest that can be seen at all.</summary>
    private static string ClosedAbove(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        while (folder is not null && LibC.FileType(folder, follow: true) < 0)
            folder = Path.GetDirectoryName(folder);

        return folder ?? "/";
    }
}
