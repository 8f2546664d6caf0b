using Cairn.Storage.Durable;
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
        var ranks = files.List(root).Where(e => e.IsDirectory && e.Name.StartsWith("rank_", StringComparison.Ordinal)).ToList();
        var roots = ranks.Count > 0 ? ranks.ConvertAll(e => Path.Combine(root, e.Name)) : [root];
        if (!roots.Exists(r =>
            files.DirectoryExists(Path.Combine(r, "commits")) || files.FileExists(Path.Combine(r, CatalogIndex.FileName))))
        {
            throw new DataException(
                $"{path} is no checkpoint catalog: it has neither commits/ nor {CatalogIndex.FileName}, nor rank folders with them.");
        }

        return [.. roots.Select(r => Folder(r, files))];
    }

    /// <summary>A catalog of one rank, or one rank's folder; then the sessions of the catalog above tell what counts.</summary>
    private static CatalogFolder Folder(string path, IDurableFiles files)
    {
        var rank = SessionFolder.RankOf(Path.GetFileName(path));
        var root = rank >= 0 ? Path.GetDirectoryName(path)! : path;
        var epochs = new EpochStore(files, root, static () => throw new NotSupportedException("An inspection writes nothing."));
        return new CatalogFolder(
            path, files, epochs, static _ => { }, rank < 0 ? null : () => RankLine.Of(root, rank, files, epochs, static _ => { }));
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
