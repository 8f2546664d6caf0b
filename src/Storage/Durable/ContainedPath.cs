namespace Cairn.Storage.Durable;

/// <summary>Resolves relative paths that were read from disk, so that none of them leads out of its directory.</summary>
public static class ContainedPath
{
    /// <summary>The path of the regular file <paramref name="relative"/> below <paramref name="root"/>.</summary>
    /// <exception cref="DataException">The path is absolute, has an empty part, <c>.</c>, <c>..</c> or a control character, passes through
    /// a symbolic link, or names no regular file.</exception>
    public static string ResolveFile(IDurableFiles files, string root, string relative) => Resolve(files.List, root, relative);

    /// <summary>As <see cref="ResolveFile"/>, with directories listed by <paramref name="list"/>.</summary>
    internal static string Resolve(Func<string, IReadOnlyList<DirectoryEntry>> list, string root, string relative)
    {
        var parts = Parts(root, relative);
        var at = root;
        for (var i = 0; i < parts.Length; i++)
        {
            var last = i == parts.Length - 1;
            var entry = list(at).FirstOrDefault(e => e.Name == parts[i]);
            at = Path.Combine(at, parts[i]);
            if (entry.Name is null)
                throw new DataException($"{at} is missing, though {root} refers to it as '{relative}'.");

            if (last ? !entry.IsFile : !entry.IsDirectory)
                throw new DataException(
                    $"{at} is not a {(last ? "regular file" : "directory")} (a symbolic link is never followed here); '{relative}' is " +
                    "refused.");
        }

        return at;
    }

    /// <summary>Checks a relative path without looking at the disk, and joins it to <paramref name="root"/>.</summary>
    /// <exception cref="DataException">As for <see cref="ResolveFile"/>, as far as the text shows it.</exception>
    public static string Join(string root, string relative) => Path.Combine([root, .. Parts(root, relative)]);

    private static string[] Parts(string root, string relative)
    {
        var parts = relative.Split('/');
        if (parts.Any(part => part is "" or "." or ".." || part.AsSpan().ContainsAnyInRange('\0', '\x1f') || part.Length > 255))
            throw new DataException(
                $"The path '{relative}' found below {root} is refused: expected a relative path of plain names separated by '/'.");

        return parts;
    }
}

/// <summary>Resolves many paths below one directory as <see cref="ContainedPath.ResolveFile"/> does, looking at each directory once: a
/// commit of many members has many files in few directories. For one reading at a time; what changes on disk meanwhile is not
/// seen.</summary>
internal sealed class ContainedTree(IDurableFiles files, string root)
{
    private readonly Dictionary<string, IReadOnlyList<DirectoryEntry>> _listed = [];

    /// <inheritdoc cref="ContainedPath.ResolveFile"/>
    public string ResolveFile(string relative) => ContainedPath.Resolve(List, root, relative);

    private IReadOnlyList<DirectoryEntry> List(string directory)
    {
        if (!_listed.TryGetValue(directory, out var entries))
            _listed[directory] = entries = files.List(directory);

        return entries;
    }
}
