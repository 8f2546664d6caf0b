using Cairn.Storage.Sessions;

namespace Cairn.Storage.Catalog;

/// <summary>What verification found out about one commit.</summary>
/// <param name="Path">The commit's directory.</param>
/// <param name="Row">Its row, or null when not even the manifest could be read.</param>
/// <param name="Defect">What is wrong, naming the file; null when everything holds.</param>
/// <param name="Counts">Whether it is offered for restore (a superseded process's sessions are not).</param>
public sealed record CheckpointFinding(string Path, CheckpointRow? Row, string? Defect, bool Counts);

/// <summary>Looks at catalogs without writing to them.</summary>
internal static class CatalogInspection
{
    public static IReadOnlyList<CatalogFolder> Folders(string path, IDurableFiles files)
    {
        var root = Path.GetFullPath(path).TrimEnd('/');
        var ranks = files.List(root).Where(e => e.IsDirectory && e.Name.StartsWith("rank_", StringComparison.Ordinal))
            .Select(e => Path.Combine(root, e.Name)).ToList();
        // One rank may have gone on where a gang stopped, or the other way round; what holds nothing any more is no catalog then.
        List<string> roots = ranks.Count == 0 ? [root] : !HoldsCommits(root, files) ? ranks
            : [root, .. ranks.Where(rank => HoldsCommits(rank, files))];
        if (!roots.Exists(r =>
            files.DirectoryExists(Path.Combine(r, "commits")) || files.FileExists(Path.Combine(r, CatalogIndex.FileName))))
        {
            throw new DataException(
                $"{path} is not a checkpoint catalog: it has neither commits/ nor {CatalogIndex.FileName}, nor rank folders with them.");
        }

        return [.. roots.Select(r => Folder(r, files))];
    }

    private static bool HoldsCommits(string folder, IDurableFiles files) =>
        SessionFolder.Parents.Any(parent => files.List(Path.Combine(folder, parent)).Any(e => e.IsDirectory));

    /// <summary>A catalog of one rank, or one rank's folder; then the sessions of the catalog above tell what counts.</summary>
    private static CatalogFolder Folder(string path, IDurableFiles files)
    {
        var rank = SessionFolder.RankOf(Path.GetFileName(path));
        var root = rank >= 0 ? Path.GetDirectoryName(path)! : path;
        var epochs = new EpochStore(files, root, static () => throw new NotSupportedException("An inspection writes nothing."));
        return new CatalogFolder(root, rank < 0 ? null : rank, files, epochs, static _ => { });
    }

    public static IReadOnlyList<CheckpointFinding> Verify(string path, IDurableFiles files)
    {
        var findings = new List<CheckpointFinding>();
        foreach (var folder in Folders(path, files))
        {
            var contents = folder.Read(reuse: false);
            findings.AddRange(contents.All.Select(m => Find(files, m, contents.Counting.Contains(m.Row.CommitId))));
            findings.AddRange(contents.Unreadable.Select(u => new CheckpointFinding(u.Directory, null, u.Defect, Counts: false)));
        }

        return findings;
    }

    private static CheckpointFinding Find(IDurableFiles files, Manifest manifest, bool counts)
    {
        try
        {
            new CommitReader(files, manifest).Verify();
            return new CheckpointFinding(manifest.Row.Directory, manifest.Row, null, counts);
        }
        catch (DataException e)
        {
            return new CheckpointFinding(manifest.Row.Directory, manifest.Row, e.Message, counts);
        }
    }
}

/// <summary>Why pruning removes something.</summary>
public enum PruneReason
{
    /// <summary>A staging directory or a draft that a dead process left.</summary>
    Stale,

    /// <summary>A session of an older epoch that no restart will ever select.</summary>
    Superseded,

    /// <summary>A session older than those that are to be kept.</summary>
    Surplus,
}

/// <summary>Something that pruning removed, or would.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Reason">Why it goes.</param>
/// <param name="Bytes">The bytes of its files.</param>
public sealed record PrunedItem(string Path, PruneReason Reason, long Bytes);
