using Cairn.Storage.Sessions;

namespace Cairn.Engine.Rollouts;

/// <summary>The catalogs of a run's batches: what a batch may restart from, its own folder first, and folders of an earlier cut.</summary>
internal sealed class BatchFolders(RunContext run, Action<string> warn)
{
    // Of the last reading: a long catalog takes seconds to read, and a restart asks for its sessions several times.
    private readonly Dictionary<RestoreCandidate, Session> _found = [];

    /// <summary>The folder of a batch's catalog.</summary>
    public string PathOf(MemberRange batch) => Path.Combine(run.Spec.Checkpoint.Path, batch.FolderName);

    /// <summary>The folders that hold any of a batch's members, its own first.</summary>
    public IEnumerable<string> PathsOf(MemberRange batch) => Overlapping(batch).Select(PathOf);

    /// <summary>The catalog of one batch as its supervisor sees it.</summary>
    public SessionCatalog Catalog(MemberRange batch) => new(Options(batch, 0, 1));

    /// <summary>The catalog of one batch as one of its ranks writes it.</summary>
    public Checkpoint Open(MemberRange batch, int rank, int worldSize) => new(
        run.Spec.Name,
        Options(batch, rank, worldSize) with
        {
            AutoFlush = run.Spec.Checkpoint.AutoFlush && worldSize == 1 ? AutoFlush(batch) : null,
        });

    private CheckpointOptions Options(MemberRange batch, int rank, int worldSize)
    {
        var spec = run.Spec.Checkpoint;
        return new CheckpointOptions
        {
            Path = PathOf(batch),
            Mode = spec.Mode,
            FlushInterval = spec.FlushInterval,
            HistorySize = spec.HistorySize,
            Level = spec.Level,
            Durability = spec.Durability,
            Staging = CheckpointStaging.Asynchronous,
            Rank = rank,
            WorldSize = worldSize,
            Files = run.Options.Files,
            Time = run.Options.Time,
            TensorFactory = new TensorFactory(),
            Fingerprint = run.Fingerprint,
            SpecDigest = run.SpecDigest,
            Warn = warning => warn(warning.ToString()),
        };
    }

    /// <summary>Commits fall where chunks are complete. Each start of the batch but this one ended before the batch did: that counts as a
    /// failure.</summary>
    public AutoFlush AutoFlush(MemberRange batch)
    {
        var multiple = !run.Spec.Output.WritesFields ? 1 : run.Schedule.OutputEvery * run.Schedule.LeadTimesPerFile;
        var epochs = Path.Combine(PathOf(batch), "epochs");
        return new AutoFlush
        {
            Multiple = multiple,
            MaxInterval = Math.Max(new AutoFlush().MaxInterval, multiple),
            Failures = run.Options.Files.List(epochs).Count(entry => entry.IsFile && !entry.Name.StartsWith('.')),
        };
    }

    /// <summary>Every session of folders that hold one of the batch's members; one at the last boundary need not hold their
    /// state.</summary>
    private List<RestoreCandidate> Candidates(MemberRange batch, IEnumerable<MemberRange> folders)
    {
        _found.Clear();
        foreach (var folder in folders)
            Offer(batch, folder, Catalog(folder).Read().Sessions);
        return [.. _found.Keys];
    }

    private void Offer(MemberRange batch, MemberRange folder, IReadOnlyList<Session> sessions)
    {
        for (var i = 0; i < sessions.Count; i++)
        {
            if (sessions[i].LeadTime is { } leadTime && run.Schedule.BoundaryAt(leadTime) is { } boundary
                && boundary <= run.Schedule.Last
                && (HoldsState(sessions[i]) || (boundary == run.Schedule.Last && folder == batch)))
            {
                _found.Add(new RestoreCandidate(folder, sessions[i].Id, boundary, i), sessions[i]);
            }
        }
    }

    /// <summary>The session of a candidate that was found last.</summary>
    public Session Found(RestoreCandidate candidate) => _found[candidate];

    /// <summary>The newest restart whose sessions and fields are whole, or null to begin at the initial condition.</summary>
    public RestorePlan? FindRestart(MemberRange batch, IReadOnlyList<int> members, int? before, BatchMembers all)
    {
        var candidates = Candidates(batch, Overlapping(batch));
        candidates.RemoveAll(c => c.Boundary >= before);
        while (RestorePlan.Choose(batch, members, candidates, (candidate, member) => IsOfDraw(candidate, member, all)) is { } plan)
        {
            if (MissingChunk(batch, members, plan.Boundary) is { } output)
                candidates.RemoveAll(c => run.Schedule.OutputsThrough(c.Boundary) > output);
            else if (plan.Sources.Values.Distinct().FirstOrDefault(source => !IsWhole(source)) is { } damaged)
                candidates.Remove(damaged);
            else
                return plan;
        }
        return null;
    }

    /// <summary>Whether a batch is finished: its own folder has a session of the last boundary, with all its files, and the fields exist.
    /// The files' contents are not read: nothing restarts from a batch that has ended, and a continuation of it reads them then.</summary>
    public bool HasEnded(MemberRange batch, BatchMembers all, int epoch)
    {
        // A long catalog takes seconds to read, and of a batch that has ended the last session says so by itself.
        var catalog = Catalog(batch);
        return (catalog.Latest(epoch) is { } latest && HasEnded(batch, all, catalog, [latest]))
            || HasEnded(batch, all, catalog, catalog.Read().Sessions);
    }

    private bool HasEnded(MemberRange batch, BatchMembers all, SessionCatalog catalog, IReadOnlyList<Session> sessions)
    {
        _found.Clear();
        Offer(batch, batch, sessions);
        var members = all.Active(batch);
        var last = _found.Keys.Where(c => c.Boundary == run.Schedule.Last).ToList();
        return RestorePlan.Choose(batch, members, last, (candidate, member) => IsOfDraw(candidate, member, all)) is { } plan
            && plan.IsOwn(batch) && catalog.HasFiles(Found(plan.Sources.Values.First()))
            && FirstMissing(members, run.Schedule.Last) is null;
    }

    private bool IsOfDraw(RestoreCandidate candidate, int member, BatchMembers all) =>
        SessionDraws.Of(Found(candidate).Metadata, member) == all.DrawOf(member);

    /// <summary>Whether the batch's newest session is there, but its level kept no model state to go on from.</summary>
    public bool HasStatelessSessions(MemberRange batch) => Catalog(batch).Read().Sessions.Any(session => !HoldsState(session));

    /// <summary>
    /// Of what was found last, the newest session of the batch's own catalog before a boundary, if a restart from it takes no more than
    /// <paramref name="steps"/> model steps to get there.
    /// </summary>
    public RestoreCandidate? VerifiableBefore(MemberRange batch, int boundary, int steps)
    {
        if (steps == 0)
            return null;
        var older = _found.Keys.Where(c => c.Folder == batch && c.Boundary < boundary).MaxBy(c => (c.Boundary, c.Order));
        if (older is null || (long)(boundary - older.Boundary) * run.Schedule.StepsPerBoundary > steps)
        {
            var how = older is null ? "there is no older session" : $"the session before it is more than {steps} steps back";
            warn($"the restart from lead time {LeadTimeText.Of(run.Schedule.LeadTime(boundary))} is not verified: {how}");
            return null;
        }
        return IsWhole(older) ? older : null;
    }

    private static bool HoldsState(Session session) => session.Ranks[0].Row.StateIds.Contains(RolloutState.Id, StringComparer.Ordinal);

    private IEnumerable<MemberRange> Overlapping(MemberRange batch) =>
        batch.Members.SelectMany(member => run.FoldersByMember[member]).Prepend(batch).Distinct();

    /// <summary>Opens the session of a candidate for reading, as one rank of a gang.</summary>
    public CheckpointSession Select(RestoreCandidate source, int rank, int worldSize) =>
        Open(source.Folder, rank, worldSize).Open(Catalog(source.Folder).Find(source.Session));

    private bool IsWhole(RestoreCandidate source)
    {
        if (Catalog(source.Folder).Defect(Found(source)) is not { } defect)
            return true;
        warn($"session {source.Session} is damaged and is skipped: {defect}");
        return false;
    }

    /// <summary>Output index of the first missing chunk of fields up to a boundary: it was deleted, since sessions come after
    /// fields.</summary>
    private int? MissingChunk(MemberRange batch, IReadOnlyList<int> members, int boundary)
    {
        if (FirstMissing(members, boundary) is not var (output, member, variable))
            return null;
        var leadTime = LeadTimeText.Of(run.Schedule.LeadTime(output * run.Schedule.OutputEvery));
        warn($"the store has no {variable} of {batch.NameOf(member)} at lead time {leadTime}, though a session says it was written; "
            + "restarting from before it");
        return output;
    }

    private (int Output, int Member, string Variable)? FirstMissing(IReadOnlyList<int> members, int boundary)
    {
        if (!run.Spec.Output.WritesFields)
            return null;
        for (var output = 0; output < run.Schedule.OutputsThrough(boundary); output += run.Schedule.LeadTimesPerFile)
        {
            foreach (var member in members)
            {
                var variable = run.Output.Variables.FirstOrDefault(v => !run.Store.HasChunk(member, output, v));
                if (variable is not null)
                    return (output, member, variable);
            }
        }
        return null;
    }
}
