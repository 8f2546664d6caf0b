using System.Globalization;
using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;

namespace Cairn.Storage.Sessions;

/// <summary>
/// Carries out a retention plan over sessions. A session goes before its commits, and nothing is deleted before the renames that put it
/// aside are durable: no crash leaves half a commit under a commit's name, and a session without its commits only if it was going.
/// </summary>
internal sealed class SessionClearing(SessionFolder folder, IDurableFiles files, int epoch)
{
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private readonly List<string> _doomed = [];

    /// <param name="contents">What there is.</param>
    /// <param name="plan">What is to become of the whole sessions.</param>
    /// <param name="damage">Whether damaged sessions go as well; not where the user keeps everything.</param>
    public void Run(SessionContents contents, RetentionPlan plan, bool damage)
    {
        var byId = contents.All.ToDictionary(s => s.Id, StringComparer.Ordinal);
        foreach (var id in plan.Fallback)
        {
            MoveToFallback(byId[id]);
        }

        var bases = contents.Epochs.Where(e => e.Epoch >= epoch).Select(e => e.Base).ToHashSet(StringComparer.Ordinal);
        var damaged = contents.All.Where(s => s is { Defect: not null, IsDamage: true } && damage && !bases.Contains(s.Id));
        List<Session> going = [.. plan.Delete.Select(id => byId[id]), .. damaged];
        foreach (var file in going.Select(s => s.File).OfType<string>())
        {
            files.DeleteFile(file);
            _changed.Add(Path.GetDirectoryName(file)!);
        }

        SyncChanged();
        PutAside([.. going.SelectMany(s => s.Ranks).Select(r => r.Row.Directory), .. Leftovers(contents).Select(r => r.Row.Directory)]);
        SyncChanged();
        foreach (var path in _doomed.Concat(Stale()).Distinct(StringComparer.Ordinal))
        {
            _ = DurableTree.DeleteTree(files, path);
        }
    }

    /// <summary>
    /// Commits that no session names, of this or an older epoch: of an aborted session, of a gang that died between its ranks' commits and
    /// the session's, or of a session that went. What this epoch's ranks staged after the newest session stays.
    /// </summary>
    private IEnumerable<RankManifest> Leftovers(SessionContents contents)
    {
        var newest = contents.All.LastOrDefault(s => s.Epoch == epoch && s.File is not null)?.Ranks ?? [];
        return contents.Leftovers.Where(left => left.Row.Epoch < epoch
            || (left.Row.Epoch == epoch
                && newest.FirstOrDefault(r => r.Rank == left.Rank) is { } done && left.Row.Sequence < done.Row.Sequence));
    }

    private void MoveToFallback(Session session)
    {
        foreach (var rank in session.Ranks.Where(r => !r.Row.InFallback))
        {
            var commits = Path.GetDirectoryName(rank.Row.Directory)!;
            Move(rank.Row.Directory, Path.Combine(Path.GetDirectoryName(commits)!, "fallback"));
        }

        if (session.File is not null && Path.GetDirectoryName(session.File) != folder.FallbackPath)
        {
            Move(session.File, folder.FallbackPath);
        }
    }

    private void Move(string path, string to)
    {
        _ = files.CreateDirectory(to);
        files.Rename(path, Path.Combine(to, Path.GetFileName(path)));
        _changed.UnionWith([to, Path.GetDirectoryName(path)!, Path.GetDirectoryName(to)!]);
    }

    private void PutAside(IReadOnlyList<string> directories)
    {
        foreach (var directory in directories.Distinct(StringComparer.Ordinal))
        {
            var parent = Path.GetDirectoryName(directory)!;
            var root = Path.GetDirectoryName(parent)!;
            // A move to fallback above may have taken it along.
            if (files.DirectoryExists(directory))
            {
                var aside = CommitProtocol.StagingPath(root, "pruned_" + Path.GetFileName(directory), epoch);
                files.Rename(directory, aside);
                _doomed.Add(aside);
                _changed.UnionWith([parent, root]);
            }
        }
    }

    /// <summary>
    /// Drafts that dead processes of this or an older epoch left; no rank is staging while its session is being committed.
    /// </summary>
    private IEnumerable<string> Stale()
    {
        var roots = folder.Ranks().Select(rank => Path.Combine(folder.Root, RankManifest.Folder(rank)));
        var staging = roots.SelectMany(root => StagingSweep.Stale(files, root, epoch));
        var drafts = files.List(folder.SessionsPath).Select(e => e.Name)
            .Where(name => name.StartsWith(".tmp_session_", StringComparison.Ordinal)
                && int.TryParse(name.Split('_')[2], NumberStyles.None, CultureInfo.InvariantCulture, out var of) && of <= epoch)
            .Select(name => Path.Combine(folder.SessionsPath, name));
        return staging.Concat(drafts);
    }

    private void SyncChanged()
    {
        foreach (var directory in _changed)
        {
            files.SyncDirectory(directory);
        }

        _changed.Clear();
    }
}
