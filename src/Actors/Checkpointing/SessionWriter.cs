using Cairn.Engine.Rollouts;
using Cairn.Storage.Sessions;

namespace Cairn.Actors.Checkpointing;

/// <summary>Carries out a barrier's decisions on disk, for one gang. Callable from any thread; one operation at a time.</summary>
internal sealed class SessionWriter
{
    private readonly RunContext _run;
    private readonly GangStart _start;
    private readonly int _worldSize;
    private readonly IReadOnlyList<int> _members;
    private readonly Lazy<SessionCatalog> _folder;
    private readonly Lazy<SessionCatalog> _catalog;
    private readonly ChmSaves? _chm;
    private readonly Lock _lock = new();

    public SessionWriter(RunContext run, GangStart start, int worldSize)
    {
        (_run, _start, _worldSize) = (run, start, worldSize);
        _members = start.Members.Active(start.Batch);
        _chm = ChmSaves.Of(run, start, worldSize);
        _folder = new Lazy<SessionCatalog>(Catalog);
        _catalog = new Lazy<SessionCatalog>(Join);
    }

    /// <summary>
    /// Makes a session of the ranks' commits and returns its name; a single rank's commit already is the session. On return it is durable,
    /// and the field store is marked committed up to it.
    /// </summary>
    public string Commit(IReadOnlyList<RankCommit> commits)
    {
        // The leftovers of an aborted commit may still be being deleted.
        lock (_lock)
        {
            var name = _worldSize == 1 ? commits[0].CommitId : Join(commits);
            RequireNewest();
            _run.Store.SetCommitted(_members, _run.Schedule.LeadTime(commits[0].Boundary));
            _chm?.After(name, commits[0].Boundary);
            return name;
        }
    }

    /// <summary>Deletes the staged commits of an aborted attempt.</summary>
    public void Discard(IReadOnlyList<RankCommit> leftovers)
    {
        if (_worldSize == 1 || leftovers.Count == 0)
            return;

        lock (_lock)
        {
            _catalog.Value.Discard([.. leftovers.Select(commit => (commit.Rank, commit.CommitId))]);
        }
    }

    /// <summary>Only the newest gang may raise the store's mark; a fenced one may still be running.</summary>
    private void RequireNewest()
    {
        if (_folder.Value.HighestEpoch is var newest && newest > _start.Epoch)
        {
            throw new FencedException(
                $"Epoch {newest} of {_folder.Value.Path} has started: commits of epoch {_start.Epoch} are no longer selected.");
        }
    }

    private string Join(IReadOnlyList<RankCommit> commits)
    {
        var files = _run.Options.Files;
        var manifests = commits.Select(c => RankManifest.Read(_catalog.Value.Path, c.Rank, c.CommitId, files)).ToList();
        try
        {
            return _catalog.Value.Commit(_worldSize, manifests).Id;
        }
        catch (TransientException)
        {
            // The error may have come after the link: only reading tells whether there is a session.
            if (FindSession(commits) is { } session)
                return session;

            throw;
        }
    }

    private string? FindSession(IReadOnlyList<RankCommit> commits) => _catalog.Value.Read().Sessions
        .FirstOrDefault(s => s.Epoch == _start.Epoch
            && commits.All(c => s.Ranks.Any(r => r.Rank == c.Rank && r.CommitId == c.CommitId)))?.Id;

    private SessionCatalog Join()
    {
        var catalog = Catalog();
        catalog.JoinEpoch(_start.Epoch);
        return catalog;
    }

    private SessionCatalog Catalog() =>
        new BatchFolders(_run, text => _run.Observer.On(new RunWarning(text) { Batch = _start.Batch })).Catalog(_start.Batch);
}
