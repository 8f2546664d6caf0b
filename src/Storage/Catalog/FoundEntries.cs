using Cairn.Storage.Durable;

namespace Cairn.Storage.Catalog;

/// <summary>
/// What a process finds in a catalog need not be durable: whoever renamed it there may have died before the fsync. Before anything is
/// built upon it, or deleted because of it, it is made durable; else a power failure could take a session away under the ones that follow
/// it, or bring back the name of one that is half deleted.
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
