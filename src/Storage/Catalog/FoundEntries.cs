using Cairn.Storage.Durable;

namespace Cairn.Storage.Catalog;

/// <summary>
/// A name that a process finds in a catalog need not be durable: the process that renamed it may have died before the fsync. It is made
/// durable before anything depends on it, or is deleted because of it; otherwise a power failure could remove a session below the ones
/// that follow it, or restore the name of one that is half deleted.
/// </summary>
internal static class FoundEntries
{
    // Where a session may have gone to, before where it came from: else it could be in neither.
    private static readonly string[] Folders = ["fallback", "commits", "sessions"];

    /// <summary>fsyncs the folders of one catalog, or of one rank's, that are there.</summary>
    public static void MakeDurable(IDurableFiles files, string root)
    {
        if (!files.DirectoryExists(root))
        {
            return;
        }

        foreach (var folder in Folders.Select(name => Path.Combine(root, name)).Where(files.DirectoryExists))
        {
            files.SyncDirectory(folder);
        }

        files.SyncDirectory(root);
    }
}
