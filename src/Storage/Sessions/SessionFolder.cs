using Cairn.Storage.Catalog;

namespace Cairn.Storage.Sessions;

/// <summary>A catalog on disk, over all its ranks: session manifests, the commits that they name, rows that no manifest joins, and the
/// commits of one rank in the root, each of which is a session by itself.</summary>
internal sealed class SessionFolder(string root, IDurableFiles files, EpochStore epochs, Action<CheckpointWarning> warn)
{
    private const int SoloRank = -1;

    /// <summary>Where a rank's commits lie, below its folder.</summary>
    public static readonly string[] Parents = ["commits", "fallback"];

    private readonly Dictionary<string, RankManifest> _known = [];
    private readonly HashSet<string> _fallbacks = [];

    public string Root => root;

    public string SessionsPath { get; } = Path.Combine(root, SessionCommit.FolderName);
    public string FallbackPath { get; } = Path.Combine(root, "fallback");

    /// <summary>Reads everything. A manifest never changes once it is committed, so upkeep may <paramref name="reuse"/> known
    /// ones.</summary>
    public SessionContents Read(bool reuse)
    {
        var unreadable = new List<UnreadableCommit>();
        var commits = Ranks().SelectMany(rank => Commits(rank, Path.Combine(root, RankManifest.Folder(rank)), reuse, unreadable)).ToList();
        var byName = commits.ToDictionary(c => (c.Rank, c.CommitId));
        var coordinated = SessionFiles().Select(file => ReadSession(file, byName, unreadable)).OfType<Session>()
            .DistinctBy(s => s.Id).ToList();
        var named = coordinated.SelectMany(s => s.Named).ToHashSet();
        var free = commits.Where(c => !named.Contains((c.Rank, c.CommitId))).ToLookup(IsCoordinated);
        var (joined, torn) = JoinedRows.Join([.. free[false]]);
        var solo = Commits(SoloRank, root, reuse, unreadable).Select(Solo);
        var sessions = coordinated.Concat(joined).Concat(solo).DistinctBy(s => s.Id).ToList();
        var records = epochs.Read(warn);
        var nodes = sessions.ConvertAll(s => s.Node);
        var byId = sessions.ToDictionary(s => s.Id);
        return new SessionContents(
            [.. Lineage.Order(nodes, records).Select(node => byId[node.Id])],
            Lineage.Select(nodes, records).Select(node => node.Id).ToHashSet(),
            torn,
            [.. free[true]],
            unreadable,
            records);
    }

    /// <summary>Of the sessions that one rank wrote under an epoch the one whose name counts highest, by its own manifest alone; null where
    /// that commit is of another epoch, or does not hold. Where the epoch is the newest it counts, whatever else there is.</summary>
    public Session? Latest(int epoch)
    {
        var names = files.List(Path.Combine(root, Parents[0])).Where(e => e.IsDirectory).Select(e => e.Name);
        return names.MaxBy(CommitNumber) is { } name
            && ReadCommit(SoloRank, Path.Combine(root, Parents[0], name), inFallback: false, []) is { Manifest.Files: not null } commit
            && commit.Row.Epoch == epoch ? Solo(commit) : null;
    }

    /// <summary>Remembers a commit of one rank that this process has just made.</summary>
    public void Remember(RankManifest commit) => _known[commit.Row.Directory] = commit;

    /// <summary>Makes <c>fallback/</c> below each of these, durable before anything moves there.</summary>
    public void MakeFallback(IReadOnlyList<string> roots)
    {
        // One that is there may be of an earlier process that died before its fsync, unless this one has synced it already.
        var unsure = roots.Where(r => files.CreateDirectory(Path.Combine(r, Parents[1])) || !_fallbacks.Contains(r)).ToList();
        files.SyncAll([], unsure);
        _fallbacks.UnionWith(unsure);
    }

    /// <summary>Where the root's own commits lie, readable or not.</summary>
    public IEnumerable<string> Directories() => Directories(root);

    /// <summary>Whether a path is one of <see cref="Directories()"/>, or was.</summary>
    public bool Holds(string path) => Path.GetDirectoryName(Path.GetDirectoryName(path)) == root
        && SessionManifest.Number(Path.GetFileNameWithoutExtension(path)) is null;

    /// <summary>Whether the path of a commit is one in <c>fallback/</c>, the root's or a rank's.</summary>
    public static bool IsInFallback(string directory) => Path.GetFileName(Path.GetDirectoryName(directory)) == Parents[1];

    /// <summary>The ranks that have a folder, of any gang.</summary>
    public IReadOnlyList<int> Ranks() => [.. files.List(root).Where(e => e.IsDirectory).Select(e => RankOf(e.Name)).Where(r => r >= 0)];

    /// <summary>Whether ranks have ever written below this root.</summary>
    public static bool HasRanks(IDurableFiles files, string root) => files.List(root).Any(e => e.IsDirectory && RankOf(e.Name) >= 0);

    /// <summary>The highest sequence in the name of any session here, readable or not.</summary>
    public long HighestSequence() => HighestSequence(files, root);

    /// <inheritdoc cref="HighestSequence()"/>
    public static long HighestSequence(IDurableFiles files, string root) =>
        files.List(Path.Combine(root, SessionCommit.FolderName)).Concat(files.List(Path.Combine(root, "fallback")))
            .Select(e => SessionManifest.Number(Path.GetFileNameWithoutExtension(e.Name))?.Sequence ?? 0).DefaultIfEmpty(0).Max();

    private static bool IsCoordinated(RankManifest commit) => commit.Manifest.Files is not null && commit.Row.Epoch > 0;

    /// <summary>The rank of a folder's name, or -1.</summary>
    public static int RankOf(string name) => name.StartsWith("rank_", StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var rank)
        && name == RankManifest.Folder(rank) ? rank : -1;

    private static Session Solo(RankManifest commit)
    {
        var node = commit.Manifest.Node;
        return new Session
        {
            Id = node.Id,
            Epoch = node.Epoch,
            Sequence = node.Sequence,
            Parent = node.Parent,
            SavedAt = node.SavedAt,
            WorldSize = 1,
            Ranks = [commit with { Rank = 0 }],
            Fields = new SessionProposal(1, node.Epoch, [commit with { Rank = 0 }]).Fields,
            InFallback = commit.Row.InFallback,
        };
    }

    private static int CommitNumber(string name) => name.Split('_') is ["commit", var number, _]
        && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : -1;

    private IEnumerable<RankManifest> Commits(int rank, string folder, bool reuse, List<UnreadableCommit> unreadable)
    {
        var seen = new HashSet<string>();
        foreach (var directory in Directories(folder))
        {
            var commit = reuse ? _known.GetValueOrDefault(directory) : null;
            commit ??= ReadCommit(rank, directory, IsInFallback(directory), unreadable);
            if (commit is not null && seen.Add(commit.CommitId))
                yield return commit;
        }
    }

    private IEnumerable<string> Directories(string folder) => Parents.Select(parent => Path.Combine(folder, parent))
        .SelectMany(parent => files.List(parent).Where(e => e.IsDirectory).Select(e => Path.Combine(parent, e.Name)));

    private RankManifest? ReadCommit(int rank, string directory, bool inFallback, List<UnreadableCommit> unreadable)
    {
        try
        {
            return _known[directory] = RankManifest.ReadIn(files, directory, rank, inFallback);
        }
        catch (DataException e)
        {
            unreadable.Add(Unreadable(directory, e));
            return null;
        }
    }

    private IEnumerable<string> SessionFiles() => new[] { SessionsPath, FallbackPath }
        .SelectMany(folder => files.List(folder).Select(e => Path.Combine(folder, e.Name)))
        .Where(path => path.EndsWith(".json", StringComparison.Ordinal)
            && SessionManifest.Number(Path.GetFileNameWithoutExtension(path)) is not null);

    private Session? ReadSession(
        string path, Dictionary<(int Rank, string CommitId), RankManifest> commits, List<UnreadableCommit> unreadable)
    {
        try
        {
            var manifest = SessionJson.Parse(ManifestSeal.ReadObject(files, path), path);
            var found = manifest.Ranks.Select(r => commits.GetValueOrDefault((r.Rank, r.CommitId))).OfType<RankManifest>().ToList();
            return found.Count == manifest.WorldSize
                ? Resolved(manifest, path, found, manifest.Defect(found), isDamage: true)
                : Incomplete(manifest, path, found, unreadable);
        }
        catch (DataException e)
        {
            unreadable.Add(Unreadable(path, e));
            return null;
        }
    }

    private Session Incomplete(SessionManifest manifest, string path, List<RankManifest> found, List<UnreadableCommit> unreadable)
    {
        var lost = manifest.Ranks.First(r => found.TrueForAll(f => f.Rank != r.Rank));
        var rank = Path.Combine(root, RankManifest.Folder(lost.Rank));
        var places = Parents.Select(parent => Path.Combine(rank, parent, lost.CommitId)).ToList();
        var bad = unreadable.Find(u => places.Contains(u.Directory));
        return Resolved(
            manifest, path, [], bad?.Defect ?? $"the commit {lost.CommitId} of rank {lost.Rank} is missing", bad?.IsDamage ?? true);
    }

    private Session Resolved(SessionManifest manifest, string path, List<RankManifest> ranks, string? defect, bool isDamage) => new()
    {
        Id = manifest.Name,
        Epoch = manifest.Epoch,
        Sequence = manifest.Sequence,
        Parent = manifest.Parent,
        SavedAt = manifest.SavedAt,
        WorldSize = manifest.WorldSize,
        Ranks = ranks,
        Fields = manifest.Fields,
        InFallback = Path.GetDirectoryName(path) == FallbackPath || ranks.Exists(r => r.Row.InFallback),
        Defect = defect is null ? null : $"{path} does not hold: {defect.TrimEnd('.')}.",
        IsDamage = isDamage,
        File = path,
        Named = [.. manifest.Ranks.Select(r => (r.Rank, r.CommitId))],
    };

    private static UnreadableCommit Unreadable(string path, DataException e) =>
        new(path, e.Message, e.InnerException is not DurableIOException { NotFound: false });
}

/// <summary>What the catalog of a batch holds, as far as it can be read.</summary>
/// <param name="All">Every session whose manifest can be read, oldest first, whether or not it counts or holds.</param>
internal sealed record SessionContents(
    IReadOnlyList<Session> All,
    IReadOnlySet<string> Counting,
    IReadOnlyList<TornRow> Torn,
    IReadOnlyList<RankManifest> Leftovers,
    IReadOnlyList<UnreadableCommit> Unreadable,
    IReadOnlyList<EpochRecord> Epochs)
{
    /// <summary>The sessions that count, oldest first.</summary>
    public IEnumerable<Session> Line => All.Where(s => Counting.Contains(s.Id));

    /// <summary>The commits that are sessions of one rank, oldest first, whether or not they count.</summary>
    public IEnumerable<Manifest> OfOneRank => All.Where(s => s.WorldSize == 1).Select(s => s.Ranks[0].Manifest);

    /// <summary>The ids of the sessions that this epoch and later ones went on from; none of them may go.</summary>
    public HashSet<string> BasesFrom(int epoch) =>
        Epochs.Where(e => e.Epoch >= epoch).Select(e => e.Base).OfType<string>().ToHashSet();

    /// <summary>The ids of those that counted before an epoch began.</summary>
    public IReadOnlySet<string> CountingBelow(int epoch) =>
        Lineage.Select([.. All.Select(s => s.Node)], [.. Epochs.Where(e => e.Epoch < epoch)])
            .Select(node => node.Id).ToHashSet();
}
