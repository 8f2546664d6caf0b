namespace Cairn.Storage.Catalog;

/// <summary>Begins a catalog with one session of another. Committed files never change, so they get a second name instead of a copy; the
/// old catalog may prune its own names whenever it likes.</summary>
public static class CatalogBranch
{
    /// <summary>Makes the new catalog.</summary>
    /// <param name="path">One catalog, without rank folders.</param>
    /// <param name="row">A session of it.</param>
    /// <param name="destination">The new catalog's folder, on the same file system: not there yet, or empty.</param>
    /// <param name="files">The file system.</param>
    /// <exception cref="DataException">The session is damaged, or no longer there.</exception>
    /// <exception cref="DurableIOException">The disk refused, or the folders lie on different file systems.</exception>
    public static void Create(string path, CheckpointRow row, string destination, IDurableFiles files)
    {
        var folder = CatalogInspection.Folders(path, files) is [var only] && only.Root == Path.GetFullPath(path).TrimEnd('/')
            ? only
            : throw new SpecException($"{path} is not one catalog. A branch starts from catalogs of one rank.");
        var manifest = folder.Read(reuse: false).Sessions.FirstOrDefault(m => m.Row.CommitId == row.CommitId)
            ?? throw new DataException($"{path} no longer holds the session {row.CommitId}.");
        new CommitReader(files, manifest).Verify();

        var commit = Path.Combine(destination, "commits", row.CommitId);
        var created = DurableTree.CreateDirectories(files, commit);
        foreach (var relative in (manifest.Files ?? throw Unlisted(path, row)).Select(f => f.Path).Append("manifest.json"))
        {
            var to = ContainedPath.Join(commit, relative);
            _ = DurableTree.CreateDirectories(files, Path.GetDirectoryName(to)!);
            files.Link(ContainedPath.ResolveFile(files, manifest.Row.Directory, relative), to);
        }

        LinkEpoch(path, row, destination, files);
        CatalogIndex.Write(files, destination, [manifest], "branch");
        DurableTree.SyncTree(files, destination);
        DurableTree.SyncCreated(files, created);
    }

    /// <summary>Without its epoch's record, the new catalog would begin to count epochs below the one of its session.</summary>
    private static void LinkEpoch(string path, CheckpointRow row, string destination, IDurableFiles files)
    {
        if (row.Epoch == 0)
            return;

        var name = string.Create(CultureInfo.InvariantCulture, $"{row.Epoch:00000000}.json");
        _ = DurableTree.CreateDirectories(files, Path.Combine(destination, "epochs"));
        files.Link(ContainedPath.ResolveFile(files, path, $"epochs/{name}"), Path.Combine(destination, "epochs", name));
    }

    private static DataException Unlisted(string path, CheckpointRow row) => new(
        $"The session {row.CommitId} of {path} has no list of files: Earth2Studio wrote it. Commit once with Cairn, then branch there.");
}
