using Cairn.Storage.Catalog;
using Newtonsoft.Json;

namespace Cairn.Storage.Sessions;

/// <summary>The work after the commit of a session, of one rank or several: the indexes are rebuilt, then superseded and leftover files are
/// removed. None of it can undo the session.</summary>
/// <param name="verified">The ids of sessions that are known to be intact; kept up to date.</param>
/// <param name="writesAlone">For one rank, which commits into the root: the index there is its own.</param>
internal sealed class SessionUpkeep(
    SessionFolder folder, EpochStore epochs, IDurableFiles files, CheckpointOptions options, HashSet<string> verified,
    bool writesAlone = false)
{
    /// <summary>Runs after the commit point; a failure is a warning: the session is valid, and the next one repeats the work.</summary>
    /// <exception cref="FencedException">A newer epoch has begun, to which the catalog belongs from now on.</exception>
    public void Run(int epoch)
    {
        try
        {
            var contents = folder.Read(reuse: true);
            var plan = Plan(contents, epoch);
            WriteIndexes(contents, plan.Keep.ToHashSet(), epoch);
            new SessionClearing(folder, epochs, files, epoch).Run(contents, plan, damage: options.History is not null);
        }
        catch (CairnException e) when (e is TransientException or DataException)
        {
            options.Warn(new CheckpointWarning(
                folder.Root, e.Message, "The session is valid; the index and pruning are left to the next one."));
        }
    }

    private RetentionPlan Plan(SessionContents contents, int epoch)
    {
        var byId = contents.All.ToDictionary(s => s.Id);
        var sessions = contents.All.Where(s => s.Defect is null).Select(s => new RetainedSession(
            s.Id, s.Ranks[0].Manifest.Labels.ToString(Formatting.None), contents.Counting.Contains(s.Id))).ToList();
        return Retention.Plan(sessions, options.History, contents.BasesFrom(epoch), id => IsValid(byId[id]));
    }

    private bool IsValid(Session session)
    {
        if (verified.Contains(session.Id))
            return true;

        if (SessionVerification.Defect(files, session) is { } defect)
        {
            options.Warn(new CheckpointWarning(session.Id, defect, "It is not kept as the fallback; an older session is used if there is "
                + "one."));
            return false;
        }

        return verified.Add(session.Id);
    }

    /// <summary>The root's <c>catalog.json</c>, where one rank writes or wrote; and each rank's, so that Earth2Studio sees in it what
    /// restarts here.</summary>
    public void WriteIndexes(SessionContents contents, HashSet<string> keep, int epoch)
    {
        var kept = contents.Line.Where(s => keep.Contains(s.Id)).ToList();
        foreach (var rank in folder.Ranks())
        {
            var rows = kept.Where(s => s.WorldSize > 1).SelectMany(s => s.Ranks).Where(r => r.Rank == rank && !r.Row.InFallback);
            Write(Path.Combine(folder.Root, RankManifest.Folder(rank)), rows, epoch);
        }

        if (writesAlone || files.FileExists(Path.Combine(folder.Root, CatalogIndex.FileName)))
            Write(folder.Root, kept.Where(s => s.WorldSize == 1).SelectMany(s => s.Ranks).Where(r => !r.Row.InFallback), epoch);
    }

    private void Write(string root, IEnumerable<RankManifest> rows, int epoch)
    {
        CatalogIndex.Write(files, root, rows.Select(r => r.Manifest), options.NewId(), epochs, epoch);
        files.SyncDirectory(root);
    }
}
