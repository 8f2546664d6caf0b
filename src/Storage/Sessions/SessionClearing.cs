using Cairn.Storage.Catalog;

namespace Cairn.Storage.Sessions;

/// <summary>Carries out a retention plan over sessions. A session is removed before its commits, and nothing is deleted before the renames
/// that move it aside are durable: no crash leaves half a commit under a commit's name, or a session without its commits unless it was to
/// be removed.</summary>
/// <param name="sweep">Leftovers of epochs below this are removed, even if something has been staged since: for manual pruning, while no
/// process writes. Null while a gang is at work.</param>
internal sealed class SessionClearing(
    SessionFolder folder, EpochStore epochs, IDurableFiles files, int epoch, int? sweep = null)
{
    private readonly HashSet<string> _changed = [];
    private readonly List<(string From, string To)> _aside = [];

    /// <param name="damage">Whether damaged sessions are removed as well; not if the user keeps everything.</param>
    /// <exception cref="FencedException">A newer epoch has started: files moved aside are back in place.</exception>
    public void Run(SessionContents contents, RetentionPlan plan, bool damage)
    {
        epochs.RequireNewest(epoch);
        var byId = contents.All.ToDictionary(s => s.Id);
        var spared = plan.Fallback.Select(id => byId[id]).ToList();
        MakeFallback(spared);
        spared.ForEach(MoveToFallback);

        var bases = contents.BasesFrom(epoch);
        var damaged = contents.All.Where(s => s is { Defect: not null, IsDamage: true } && damage && !bases.Contains(s.Id));
        List<Session> going = [.. plan.Delete.Select(id => byId[id]), .. damaged];
        foreach (var file in going.Select(s => s.File).OfType<string>())
            PutAside(file, Path.Combine(Path.GetDirectoryName(file)!, $".tmp_{Path.GetFileNameWithoutExtension(file)}_pruned"));

        SyncChanged();
        PutAside(
        [
            .. going.SelectMany(s => Directories(folder, files, s)),
            .. Leftovers(contents).Select(r => r.Row.Directory),
            .. damage ? UnreadableOfOne(contents, bases) : [],
        ]);
        SyncChanged();
        RequireNewest();
        DeleteAside(Stale());
    }

    /// <summary>Deletes ranks' commits that are to become no session.</summary>
    /// <exception cref="DataException">A session names one, or a session's file that cannot be read may.</exception>
    public void Discard(SessionContents contents, IReadOnlyList<(int Rank, string CommitId)> commits)
    {
        epochs.RequireNewest(epoch);
        if (contents.All.FirstOrDefault(s => s.Named.Intersect(commits).Any()) is { } session)
            throw new DataException($"The session {session.Id} of {folder.Root} names the commits to be discarded: they are kept.");

        var unknown = contents.Unreadable.FirstOrDefault(u => SessionManifest.Number(Path.GetFileNameWithoutExtension(u.Directory)) is
            { } number && number.Epoch == epoch);
        if (unknown is not null)
            throw new DataException(
                $"{unknown.Directory} cannot be read, and may name the commits to be discarded: they are kept. {unknown.Defect}");

        PutAside([.. commits.Select(c => c.CommitId.Contains('/', StringComparison.Ordinal)
            ? throw new DataException($"'{c.CommitId}' of rank {c.Rank} is not the name of a commit; nothing was discarded.")
            : ContainedPath.Join(folder.Root, RankManifest.PathOf(c.Rank, c.CommitId)))]);
        SyncChanged();
        RequireNewest();
        DeleteAside([]);
    }

    private void DeleteAside(IEnumerable<string> leftovers)
    {
        var aside = _aside.Select(a => a.To).ToList();
        var stale = leftovers.Except(aside).ToList();
        foreach (var root in stale.Select(p => Path.GetDirectoryName(p)!).Distinct())
            FoundEntries.MakeDurable(files, root);

        foreach (var path in aside.Concat(stale))
            _ = DurableTree.DeleteTree(files, path);
    }

    /// <summary>Commits that no session names, of this or an older epoch: of an aborted session, of a gang that died between its ranks'
    /// commits and the session's, or of a session that went. What this epoch's ranks staged after the newest session stays.</summary>
    public IEnumerable<RankManifest> Leftovers(SessionContents contents)
    {
        var newest = contents.All.LastOrDefault(s => s.Epoch == epoch && s.File is not null)?.Ranks ?? [];
        return contents.Leftovers.Where(left => left.Row.Epoch < (sweep ?? epoch)
            || (left.Row.Epoch == epoch
                && newest.FirstOrDefault(r => r.Rank == left.Rank) is { } done && left.Row.Sequence < done.Row.Sequence));
    }

    /// <summary>Commits of one rank that cannot be read: nothing else names them, so they would stay forever.</summary>
    private IEnumerable<string> UnreadableOfOne(SessionContents contents, HashSet<string> bases) => contents.Unreadable
        .Where(u => u.IsDamage && !bases.Contains(Path.GetFileName(u.Directory)) && files.DirectoryExists(u.Directory)
            && Path.GetDirectoryName(Path.GetDirectoryName(u.Directory)) == folder.Root)
        .Select(u => u.Directory);

    /// <summary>No commit moves to a place that is not durable itself.</summary>
    private void MakeFallback(List<Session> spared)
    {
        var roots = spared.SelectMany(s => s.Ranks).Where(r => !r.Row.InFallback)
            .Select(r => Path.GetDirectoryName(Path.GetDirectoryName(r.Row.Directory))!)
            .Concat(spared.Where(s => s.File is not null).Select(_ => folder.Root));
        folder.MakeFallback([.. roots.Distinct()]);
    }

    /// <summary>The commits of a session that are there, also of one that lost some.</summary>
    public static IEnumerable<string> Directories(SessionFolder folder, IDurableFiles files, Session session) => session.Ranks.Count > 0
        ? session.Ranks.Select(r => r.Row.Directory)
        : session.Named.SelectMany(named => SessionFolder.Parents.Select(parent =>
                Path.Combine(folder.Root, RankManifest.Folder(named.Rank), parent, named.CommitId)))
            .Where(files.DirectoryExists);

    private void MoveToFallback(Session session)
    {
        foreach (var rank in session.Ranks.Where(r => !r.Row.InFallback))
        {
            var commits = Path.GetDirectoryName(rank.Row.Directory)!;
            Move(rank.Row.Directory, Path.Combine(Path.GetDirectoryName(commits)!, "fallback"));
        }

        if (session.File is not null && Path.GetDirectoryName(session.File) != folder.FallbackPath)
            Move(session.File, folder.FallbackPath);
    }

    private void Move(string path, string to)
    {
        var target = Path.Combine(to, Path.GetFileName(path));
        // A rename cut short by a crash may have left it under both names.
        if (!files.DirectoryExists(target))
        {
            files.Rename(path, target);
            _changed.UnionWith([to, Path.GetDirectoryName(path)!]);
        }
    }

    private void PutAside(IReadOnlyList<string> directories)
    {
        foreach (var directory in directories.Distinct())
        {
            var parent = Path.GetDirectoryName(directory)!;
            var root = Path.GetDirectoryName(parent)!;
            // A move to fallback above may have taken it along.
            if (files.DirectoryExists(directory))
                PutAside(directory, CommitProtocol.StagingPath(root, "pruned_" + Path.GetFileName(directory), epoch));
        }
    }

    private void PutAside(string path, string to)
    {
        // What an earlier process put aside under that name and did not delete.
        _ = DurableTree.DeleteTree(files, to);
        files.Rename(path, to);
        _aside.Add((path, to));
        _changed.UnionWith([Path.GetDirectoryName(path)!, Path.GetDirectoryName(to)!]);
    }

    /// <summary>A newer epoch may have begun from a session that this process has just put aside: then that goes back to its place, its
    /// commits first.</summary>
    private void RequireNewest()
    {
        try
        {
            epochs.RequireNewest(epoch);
        }
        catch (FencedException)
        {
            foreach (var (path, to) in Enumerable.Reverse(_aside))
                files.Rename(to, path);

            throw;
        }
    }

    /// <summary>Drafts that dead processes of this or an older epoch left; no rank is staging while its session is being
    /// committed.</summary>
    public IEnumerable<string> Stale()
    {
        var roots = folder.Ranks().Select(rank => Path.Combine(folder.Root, RankManifest.Folder(rank))).Append(folder.Root);
        var staging = roots.SelectMany(root => StagingSweep.Stale(files, root, sweep ?? epoch));
        var drafts = files.List(folder.SessionsPath).Select(e => e.Name)
            .Where(name => name.StartsWith(".tmp_session_", StringComparison.Ordinal)
                && int.TryParse(name.Split('_')[2], NumberStyles.None, CultureInfo.InvariantCulture, out var of) && of <= (sweep ?? epoch))
            .Select(name => Path.Combine(folder.SessionsPath, name));
        return staging.Concat(drafts).Concat(sweep is null ? [] : epochs.Drafts());
    }

    private void SyncChanged()
    {
        // In order: where a commit has gone to is durable before it is durably gone from where it was.
        foreach (var directory in _changed)
            files.SyncDirectory(directory);

        _changed.Clear();
    }
}
