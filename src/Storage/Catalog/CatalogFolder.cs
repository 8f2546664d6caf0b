using Cairn.Storage.Sessions;

namespace Cairn.Storage.Catalog;

/// <summary>A commit directory that could not be read as one.</summary>
/// <param name="IsDamage">False when the disk refused for now, so that nothing may be concluded.</param>
internal sealed record UnreadableCommit(string Directory, string Defect, bool IsDamage);

/// <summary>What a catalog's folder holds, as far as it can be read.</summary>
/// <param name="All">Every readable commit in order, oldest first, whether or not it counts.</param>
internal sealed record CatalogContents(
    IReadOnlyList<Manifest> All, IReadOnlySet<string> Counting, IReadOnlyList<UnreadableCommit> Unreadable)
{
    /// <summary>The sessions that count, oldest first, those in <c>fallback/</c> included.</summary>
    public IEnumerable<Manifest> Sessions => All.Where(m => Counting.Contains(m.Row.CommitId));

    /// <summary>The rows that readers see.</summary>
    public IEnumerable<Manifest> Rows => Sessions.Where(m => !m.Row.InFallback);
}

/// <summary>The folder that one rank commits into, with its rows: the catalog's root, whose commits are sessions each, or a rank's folder,
/// of whose commits those are rows that sessions name. <c>commits/</c> is the truth, <c>catalog.json</c> an index of it.</summary>
internal sealed class CatalogFolder
{
    private readonly string _catalog;
    private readonly int? _rank;
    private readonly IDurableFiles _files;
    private readonly EpochStore _epochs;
    private readonly Action<CheckpointWarning> _warn;

    /// <param name="rank">The rank whose folder in it is meant; null for the root itself.</param>
    public CatalogFolder(string catalog, int? rank, IDurableFiles files, EpochStore epochs, Action<CheckpointWarning> warn)
    {
        (_catalog, _rank, _files, _epochs, _warn) = (catalog, rank, files, epochs, warn);
        Root = rank is { } number ? Path.Combine(catalog, RankManifest.Folder(number)) : catalog;
        CommitsPath = Path.Combine(Root, SessionFolder.Parents[0]);
        Commits = new SessionFolder(Root, files, epochs, warn);
    }

    public string Root { get; }
    public string CommitsPath { get; }

    /// <summary>The folder as a catalog of its own, each of its commits a session.</summary>
    public SessionFolder Commits { get; }

    /// <summary>Reads everything. A manifest never changes once it is committed, so a writer may <paramref name="reuse"/> known
    /// ones.</summary>
    public CatalogContents Read(bool reuse)
    {
        var contents = Commits.Read(reuse);
        var all = contents.OfOneRank.ToList();
        var unreadable = contents.Unreadable.Where(u => Commits.Holds(u.Directory)).ToList();
        if (_rank is null || Line() is not { } line)
            return new CatalogContents(all, contents.Counting, unreadable);

        var byId = all.ToDictionary(m => m.Row.CommitId);
        var named = line.Where(byId.ContainsKey).ToHashSet();
        return new CatalogContents(
            [.. all.Where(m => !named.Contains(m.Row.CommitId)), .. line.Where(named.Contains).Select(id => byId[id])],
            named,
            unreadable);
    }

    /// <summary>The rows that count, oldest first, as by <see cref="Read"/>, in a tenth of the time: for listings.</summary>
    public IReadOnlyList<CheckpointRow> ReadRows(bool fallback)
    {
        var reader = new ManifestRow();
        var listed = new Dictionary<string, ListedRow>();
        foreach (var directory in Commits.Directories())
        {
            if (ListOne(reader, directory) is { } row)
                _ = listed.TryAdd(row.Row.CommitId, row);
        }

        var counting = Line()?.Where(listed.ContainsKey)
            ?? Lineage.Select([.. listed.Values.Select(r => r.Node)], _epochs.Read(_warn)).Select(node => node.Id);
        return [.. counting.Select(id => listed[id].Row).Where(row => fallback || !row.InFallback)];
    }

    /// <summary>The highest sequence of a commit that can be read.</summary>
    public long HighestSequence() => Commits.Read(reuse: true).All.Max(s => s.Sequence) ?? 0;

    /// <summary>Deletes a staging directory on the way out of a failure, without hiding that failure behind one of its own.</summary>
    public void Abandon(string staging)
    {
        try
        {
            _ = DurableTree.DeleteTree(_files, staging);
        }
        catch (DurableIOException e)
        {
            _warn(new CheckpointWarning(staging, e.Message, "The abandoned staging directory is left for a later clean-up."));
        }
    }

    /// <summary>The commits that are rows, in the order of their sessions, if these are defined by sessions of several ranks: for a rank,
    /// those that sessions name, once a coordinator has started an epoch; for a root beside rank folders, those on the line of sessions.
    /// Null if the folder is a catalog of its own.</summary>
    private IReadOnlyList<string>? Line()
    {
        var isCoordinated = _epochs.Highest() > 0 || _files.DirectoryExists(Path.Combine(_catalog, SessionCommit.FolderName));
        return !isCoordinated || (_rank is null && !SessionFolder.HasRanks(_files, _catalog))
            ? null
            : [.. new SessionFolder(_catalog, _files, _epochs, _warn).Read(reuse: false).Line
                .Where(s => s.Defect is null && s.WorldSize > 1 == _rank is not null)
                .SelectMany(s => s.Ranks).Where(r => r.Rank == (_rank ?? 0)).Select(r => r.CommitId)];
    }

    private ListedRow? ListOne(ManifestRow reader, string directory)
    {
        try
        {
            var bytes = BoundedFile.Read(_files, Path.Combine(directory, "manifest.json"));
            var inFallback = SessionFolder.IsInFallback(directory);
            if (reader.Read(bytes, directory, inFallback) is { } row)
                return row;

            var manifest = CommitFiles.ParseManifest(_files, directory, inFallback, bytes);
            return new ListedRow(manifest.Row, manifest.Node.SavedAt);
        }
        catch (DataException)
        {
            // What cannot be read is no row; opening or verifying the catalog reports why.
            return null;
        }
    }
}
