using Cairn.Storage.Durable;
using Cairn.Storage.Sessions;
using Newtonsoft.Json;

namespace Cairn.Storage.Catalog;

/// <summary>What follows a commit: the index is rebuilt, then what is superseded goes. None of it can undo the commit.</summary>
internal sealed class CatalogUpkeep(
    CatalogFolder folder, EpochStore epochs, IDurableFiles files, CheckpointOptions options, HashSet<string> verified)
{
    /// <summary>Runs after the commit point; a failure is a warning, since the commit stands and the next one repeats the work.</summary>
    /// <exception cref="FencedException">A newer epoch has begun, to which the catalog belongs from now on.</exception>
    public void Run(int epoch)
    {
        try
        {
            var contents = folder.Read(reuse: true);
            var plan = Plan(contents, epoch);
            var keep = plan.Keep.ToHashSet(StringComparer.Ordinal);
            CatalogIndex.Write(
                files, folder.Root, contents.Rows.Where(m => keep.Contains(m.Row.CommitId)), options.NewId(), epochs, epoch);
            if (plan.Fallback.Count > 0)
            {
                _ = files.CreateDirectory(folder.FallbackPath);
            }

            // A reader that goes by the index must never be led to a commit that has moved away, and no commit moves to a place that is
            // not durable itself.
            files.SyncDirectory(folder.Root);
            var aside = new List<(string From, string To)>();
            Move(contents, plan, epoch, aside);
            RequireNewest(epoch, aside);
            var stale = StagingSweep.Stale(files, folder.Root, epoch).Except(aside.Select(a => a.To), StringComparer.Ordinal).ToList();
            if (stale.Count > 0)
            {
                FoundEntries.MakeDurable(files, folder.Root);
            }

            Delete([.. aside.Select(a => a.To), .. stale]);
        }
        catch (CairnException e) when (e is TransientException or DataException)
        {
            options.Warn(new CheckpointWarning(
                folder.Root, e.Message, "The commit stands; the catalog's index and clearing up are left to the next commit."));
        }
    }

    private RetentionPlan Plan(CatalogContents contents, int epoch)
    {
        var sessions = contents.All
            .Select(m => new RetainedSession(
                m.Row.CommitId, m.Labels.ToString(Formatting.None), contents.Counting.Contains(m.Row.CommitId)))
            .ToList();
        var bases = contents.Epochs.Where(e => e.Epoch >= epoch && e.Base is not null)
            .Select(e => e.Base!).ToHashSet(StringComparer.Ordinal);
        return Retention.Plan(sessions, options.History, bases, id => IsValid(contents, id));
    }

    private bool IsValid(CatalogContents contents, string id)
    {
        if (verified.Contains(id))
        {
            return true;
        }

        try
        {
            new CommitReader(files, contents.All.First(m => string.Equals(m.Row.CommitId, id, StringComparison.Ordinal))).Verify();
            verified.Add(id);
            return true;
        }
        catch (DataException e)
        {
            options.Warn(new CheckpointWarning(id, e.Message, "It is not kept as the fallback; an older session is looked for."));
            return false;
        }
    }

    /// <summary>
    /// Puts aside, by renames alone, what leaves the catalog. Nothing is deleted before these are durable, so that no crash leaves half a
    /// commit under a commit's name.
    /// </summary>
    private void Move(CatalogContents contents, RetentionPlan plan, int epoch, List<(string From, string To)> aside)
    {
        var places = contents.All.ToDictionary(m => m.Row.CommitId, m => m.Row, StringComparer.Ordinal);
        var left = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in plan.Fallback.Where(id => !places[id].InFallback))
        {
            var target = Path.Combine(folder.FallbackPath, id);
            if (!files.DirectoryExists(target))
            {
                files.Rename(places[id].Directory, target);
                left.UnionWith([folder.FallbackPath, folder.CommitsPath]);
            }
        }

        var damaged = options.History is null ? [] : contents.Unreadable.Where(u => u.IsDamage).Select(u => u.Directory);
        foreach (var directory in plan.Delete.Select(id => places[id].Directory).Concat(damaged))
        {
            var to = CommitProtocol.StagingPath(folder.Root, "pruned_" + Path.GetFileName(directory), epoch);
            files.Rename(directory, to);
            aside.Add((directory, to));
            left.Add(Path.GetDirectoryName(directory)!);
        }

        // Where a commit has gone to, before where it came from.
        foreach (var directory in left.OrderByDescending(d => d == folder.FallbackPath))
        {
            files.SyncDirectory(directory);
        }

        if (left.Count > 0)
        {
            files.SyncDirectory(folder.Root);
        }
    }

    /// <summary>
    /// A newer epoch may have begun from a session that this process has just put aside: then that goes back to its place.
    /// </summary>
    private void RequireNewest(int epoch, List<(string From, string To)> aside)
    {
        try
        {
            epochs.RequireNewest(epoch);
        }
        catch (FencedException)
        {
            foreach (var (from, to) in aside)
            {
                files.Rename(to, from);
            }

            throw;
        }
    }

    private void Delete(IEnumerable<string> paths)
    {
        foreach (var path in paths.Distinct(StringComparer.Ordinal))
        {
            _ = DurableTree.DeleteTree(files, path);
        }
    }
}
