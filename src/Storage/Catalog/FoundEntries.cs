namespace Cairn.Storage.Catalog;

/// <summary>A name that a process finds in a catalog need not be durable: the process that renamed it may have died before the fsync. It is
/// made durable before anything depends on it, or is deleted because of it; otherwise a power failure could remove a session below the ones
/// that follow it, or restore the name of one that is half deleted.</summary>
internal static class FoundEntries
{
    // Where a session may have gone to, before where it came from: else it could be in neither.
    private static readonly string[] Folders = ["fallback", "commits", "sessions"];

    /// <summary>fsyncs the folders of one catalog, or of one rank's, that are there.</summary>
    public static void MakeDurable(IDurableFiles files, string root)
    {
        if (!files.DirectoryExists(root))
            return;

        foreach (var folder in Folders.Select(name => Path.Combine(root, name)).Where(files.DirectoryExists))
            files.SyncDirectory(folder);

        files.SyncDirectory(root);
    }
}

/// <summary>The directories above a catalog: what lies in it is only as durable as the entries that lead to it.</summary>
internal static class Ancestors
{
    private static readonly int[] NotPermitted = [1, 13, 22, 30]; // EPERM, EACCES, EINVAL, EROFS

    /// <summary>fsyncs every directory above <paramref name="path"/>, up to the first that this user may not open.</summary>
    public static void Sync(IDurableFiles files, string path)
    {
        for (var at = Path.GetDirectoryName(path); at is not null; at = Path.GetDirectoryName(at))
        {
            try
            {
                files.SyncDirectory(at);
            }
            catch (DurableIOException e) when (NotPermitted.Contains(e.Errno))
            {
                // Its owner created it earlier; what this user created is below it.
                return;
            }
        }
    }
}
