namespace Cairn.Storage.Durable;

/// <summary>What the commit protocol does to whole trees of directories.</summary>
public static class DurableTree
{
    /// <summary>Creates <paramref name="path"/> and whatever is missing above it; where a symbolic link leads to nothing yet, what it leads
    /// to. Returns the directories that were newly made, outermost first, for <see cref="SyncCreated"/>.</summary>
    public static IReadOnlyList<string> CreateDirectories(IDurableFiles files, string path)
    {
        var full = Path.GetFullPath(path);
        if (files.DirectoryExists(full))
            return [];

        var missing = new Stack<string>();
        for (var at = RealPath.Of(full) ?? full; at is not null && !files.DirectoryExists(at); at = Path.GetDirectoryName(at))
            missing.Push(at);

        var created = new List<string>();
        foreach (var directory in missing)
        {
            // Another process may have made it meanwhile; then that process owes its fsync, but doing it too costs little.
            files.CreateDirectory(directory);
            created.Add(directory);
        }

        return created;
    }

    /// <summary>Makes newly created directories durable: fsyncs the parent of each, innermost first. The directories themselves are fsynced
    /// by the code that puts entries into them.</summary>
    public static void SyncCreated(IDurableFiles files, IReadOnlyList<string> created)
    {
        foreach (var directory in created.Reverse())
            files.SyncDirectory(Path.GetDirectoryName(directory)!);
    }

    /// <summary>Every directory of a tree, from the leaves up, <paramref name="root"/> last.</summary>
    public static IEnumerable<string> Directories(IDurableFiles files, string root) =>
        files.List(root).Where(e => e.IsDirectory).SelectMany(e => Directories(files, Path.Combine(root, e.Name))).Append(root);

    /// <summary>fsyncs every directory of a tree. Its files must have been synced through <see cref="IDurableFile.Sync"/> when they were
    /// written.</summary>
    public static void SyncTree(IDurableFiles files, string root) => files.SyncAll([], [.. Directories(files, root)]);

    /// <summary>Deletes a tree. A symbolic link in it, or in its place, is unlinked and never followed. Names that are already gone are
    /// fine. Returns false when there was nothing at <paramref name="root"/>.</summary>
    public static bool DeleteTree(IDurableFiles files, string root)
    {
        var name = Path.GetFileName(root.TrimEnd('/'));
        var parent = Path.GetDirectoryName(Path.GetFullPath(root.TrimEnd('/')))
            ?? throw new ArgumentException($"The file system's root cannot be deleted (given: '{root}').", nameof(root));
        foreach (var entry in files.List(parent))
        {
            if (entry.Name == name)
            {
                Delete(files, Path.Combine(parent, name), entry);
                return true;
            }
        }

        return false;
    }

    /// <summary>The bytes of a file, or of all regular files in a tree.</summary>
    public static long Bytes(IDurableFiles files, string path)
    {
        if (files.DirectoryExists(path))
            return files.List(path).Where(e => e.IsDirectory || e.IsFile).Sum(e => Bytes(files, Path.Combine(path, e.Name)));

        using var stream = files.OpenRead(path);
        return stream.Length;
    }

    private static void Delete(IDurableFiles files, string path, DirectoryEntry entry)
    {
        try
        {
            if (!entry.IsDirectory)
            {
                files.DeleteFile(path);
                return;
            }

            foreach (var child in files.List(path))
                Delete(files, Path.Combine(path, child.Name), child);

            files.DeleteDirectory(path);
        }
        catch (DurableIOException e) when (e.NotFound)
        {
            // Another process may be sweeping too: a name that is gone is fine.
        }
    }
}
