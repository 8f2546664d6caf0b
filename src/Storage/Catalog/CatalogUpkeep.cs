using Cairn.Storage.Durable;
using Cairn.Storage.Sessions;
using Newtonsoft.Json;

namespace Cairn.Storage.Catalog;

/// <summary>What follows a commit: the index is rebuilt, then what is superseded goes. None of it can undo the commit.</summary>
internal sealed class CatalogUpkeep(CatalogFolder folder, IDurableFiles files, CheckpointOptions options, HashSet<string> verified)
{
    /// <summary>Runs after the commit point; a failure is a warning, since the commit stands and the next one repeats the work.</summary>
    public void Run(int epoch)
    {
        try
        {
            var contents = folder.Read(reuse: true);
            var plan = Plan(contents, epoch);
            var keep = plan.Keep.ToHashSet(StringComparer.Ordinal);
            CatalogIndex.Write(files, folder.Root, contents.Rows.Where(m => keep.Contains(m.Row.CommitId)), options.NewId());
            var doomed = Move(contents, plan, epoch);
            files.SyncDirectory(folder.CommitsPath);
            files.SyncDirectory(folder.Root);
            doomed.AddRange(StagingSweep.Stale(files, folder.Root, epoch));
            Delete(doomed);
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
    private List<string> Move(CatalogContents contents, RetentionPlan plan, int epoch)
    {
        var moved = false;
        var places = contents.All.ToDictionary(m => m.Row.CommitId, m => m.Row, StringComparer.Ordinal);
        foreach (var id in plan.Fallback.Where(id => !places[id].InFallback))
        {
            _ = files.CreateDirectory(folder.FallbackPath);
            var target = Path.Combine(folder.FallbackPath, id);
            if (!files.DirectoryExists(target))
            {
                files.Rename(places[id].Directory, target);
                moved = true;
            }
        }

        var doomed = new List<string>();
        var damaged = options.History is null ? [] : contents.Unreadable.Where(u => u.IsDamage).Select(u => u.Directory);
        foreach (var directory in plan.Delete.Select(id => places[id].Directory).Concat(damaged))
        {
            var aside = CommitProtocol.StagingPath(folder.Root, "pruned_" + Path.GetFileName(directory), epoch);
            files.Rename(directory, aside);
            doomed.Add(aside);
            moved |= string.Equals(Path.GetDirectoryName(directory), folder.FallbackPath, StringComparison.Ordinal);
        }

        if (moved)
        {
            files.SyncDirectory(folder.FallbackPath);
        }

        return doomed;
    }

    private void Delete(List<string> paths)
    {
        foreach (var path in paths.Distinct(StringComparer.Ordinal))
        {
            _ = DurableTree.DeleteTree(files, path);
        }
    }
}
