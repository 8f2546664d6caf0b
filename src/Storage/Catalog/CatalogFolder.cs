using Cairn.Storage.Durable;
using Cairn.Storage.Sessions;

namespace Cairn.Storage.Catalog;

/// <summary>A commit directory that could not be read as one.</summary>
/// <param name="IsDamage">False when the disk refused for now, so that nothing may be concluded.</param>
internal sealed record UnreadableCommit(string Directory, string Defect, bool IsDamage);

/// <summary>What a catalog's folder holds, as far as it can be read.</summary>
/// <param name="All">Every readable commit in order, oldest first, whether or not it counts.</param>
/// <param name="Counting">The ids of those that count.</param>
internal sealed record CatalogContents(
    IReadOnlyList<Manifest> All,
    IReadOnlySet<string> Counting,
    IReadOnlyList<UnreadableCommit> Unreadable,
    IReadOnlyList<EpochRecord> Epochs)
{
    /// <summary>The sessions that count, oldest first, those in <c>fallback/</c> included.</summary>
    public IEnumerable<Manifest> Sessions => All.Where(m => Counting.Contains(m.Row.CommitId));

    /// <summary>The rows that readers see.</summary>
    public IEnumerable<Manifest> Rows => Sessions.Where(m => !m.Row.InFallback);
}

/// <summary>
/// One rank's catalog on disk: <c>commits/</c> is the truth, <c>catalog.json</c> an index of it.
/// </summary>
/// <param name="root">The catalog's root, or a rank's folder in it.</param>
/// <param name="files">The file system.</param>
/// <param name="epochs">The epochs of the whole catalog.</param>
/// <param name="warn">Told of damaged epoch records.</param>
/// <param name="line">
/// The commits that count, in order, where the sessions of the whole catalog tell them; null, or answering null, where the folder stands
/// for itself.
/// </param>
internal sealed class CatalogFolder(
    string root, IDurableFiles files, EpochStore epochs, Action<CheckpointWarning> warn, Func<IReadOnlyList<string>?>? line = null)
{
    private readonly Dictionary<string, Manifest> _known = new(StringComparer.Ordinal);

    public string Root => root;

    public string CommitsPath { get; } = Path.Combine(root, "commits");

    public string FallbackPath { get; } = Path.Combine(root, "fallback");

    /// <summary>
    /// Reads everything. A manifest never changes once it is committed, so rebuilding the index may <paramref name="reuse"/> known ones.
    /// </summary>
    public CatalogContents Read(bool reuse)
    {
        var unreadable = new List<UnreadableCommit>();
        var manifests = Manifests(reuse, unreadable);
        var records = epochs.Read(warn);
        var nodes = manifests.ConvertAll(m => m.Node);
        var byId = manifests.ToDictionary(m => m.Row.CommitId, StringComparer.Ordinal);
        var ordered = Lineage.Order(nodes, records).Select(node => byId[node.Id]);
        if (line?.Invoke()?.Where(byId.ContainsKey).ToList() is { } named)
        {
            return new CatalogContents(
                [.. ordered.Where(m => !named.Contains(m.Row.CommitId)), .. named.Select(id => byId[id])],
                named.ToHashSet(StringComparer.Ordinal),
                unreadable,
                records);
        }

        return new CatalogContents(
            [.. ordered],
            Lineage.Select(nodes, records).Select(node => node.Id).ToHashSet(StringComparer.Ordinal),
            unreadable,
            records);
    }

    /// <summary>
    /// The rows that count, oldest first, as <see cref="Read"/> finds them, in a tenth of the time: for who only looks.
    /// </summary>
    /// <param name="fallback">Whether to tell those in <c>fallback/</c> as well.</param>
    public IReadOnlyList<CheckpointRow> ReadRows(bool fallback)
    {
        var named = line?.Invoke();
        var reader = new ManifestRow();
        var listed = new Dictionary<string, ListedRow>(StringComparer.Ordinal);
        foreach (var directory in Directories(CommitsPath).Concat(Directories(FallbackPath)))
        {
            if (ListOne(reader, directory) is { } row)
            {
                _ = listed.TryAdd(row.Row.CommitId, row);
            }
        }

        var counting = named?.Where(listed.ContainsKey)
            ?? Lineage.Select([.. listed.Values.Select(r => r.Node)], epochs.Read(warn)).Select(node => node.Id);
        return [.. counting.Select(id => listed[id].Row).Where(row => fallback || !row.InFallback)];
    }

    /// <summary>The highest sequence of a commit that can be read.</summary>
    public long HighestSequence() => Manifests(reuse: true, []).Select(m => m.Row.Sequence ?? 0).DefaultIfEmpty(0).Max();

    /// <summary>Remembers a manifest that this process has just committed.</summary>
    public void Remember(Manifest manifest) => _known[manifest.Row.Directory] = manifest;

    /// <summary>Deletes a staging directory on the way out of a failure, without hiding that failure behind one of its own.</summary>
    public void Abandon(string staging)
    {
        try
        {
            _ = DurableTree.DeleteTree(files, staging);
        }
        catch (DurableIOException e)
        {
            warn(new CheckpointWarning(staging, e.Message, "The abandoned staging directory is left for a later sweep."));
        }
    }

    private List<Manifest> Manifests(bool reuse, List<UnreadableCommit> unreadable)
    {
        var manifests = new List<Manifest>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var directory in Directories(CommitsPath).Concat(Directories(FallbackPath)))
        {
            if (ReadOne(directory, reuse, unreadable) is { } manifest && ids.Add(manifest.Row.CommitId))
            {
                manifests.Add(manifest);
            }
        }

        return manifests;
    }

    private IEnumerable<string> Directories(string parent) =>
        files.List(parent).Where(e => e.IsDirectory).Select(e => Path.Combine(parent, e.Name));

    private ListedRow? ListOne(ManifestRow reader, string directory)
    {
        try
        {
            var bytes = BoundedFile.Read(files, Path.Combine(directory, "manifest.json"));
            var inFallback = IsInFallback(directory);
            if (reader.Read(bytes, directory, inFallback) is { } row)
            {
                return row;
            }

            var manifest = CommitFiles.ParseManifest(files, directory, inFallback, bytes);
            return new ListedRow(manifest.Row, manifest.Node.SavedAt);
        }
        catch (DataException)
        {
            // What cannot be read is no row; opening the catalog, and verifying it, tell why.
            return null;
        }
    }

    private bool IsInFallback(string directory) => string.Equals(Path.GetDirectoryName(directory), FallbackPath, StringComparison.Ordinal);

    private Manifest? ReadOne(string directory, bool reuse, List<UnreadableCommit> unreadable)
    {
        if (reuse && _known.TryGetValue(directory, out var known))
        {
            return known;
        }

        try
        {
            var manifest = CommitFiles.ReadManifest(files, directory, IsInFallback(directory));
            _known[directory] = manifest;
            return manifest;
        }
        catch (DataException e)
        {
            var isDamage = e.InnerException is not DurableIOException { NotFound: false };
            unreadable.Add(new UnreadableCommit(directory, e.Message, isDamage));
            return null;
        }
    }
}
