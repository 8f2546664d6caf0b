using Cairn.Engine.Torch;
using Cairn.Storage.Catalog;

namespace Cairn.Engine.Rollouts;

/// <summary>The catalogs of a run's batches: what a batch may restart from, its own folder first, and folders of an earlier cut.</summary>
internal sealed class BatchFolders(RunParts run, Action<string> warn)
{
    /// <summary>The catalog of one batch.</summary>
    public Checkpoint Open(MemberRange batch)
    {
        var spec = run.Spec.Checkpoint;
        return new Checkpoint(run.Spec.Name, new CheckpointOptions
        {
            Path = Path.Combine(spec.Path, batch.FolderName),
            Mode = spec.Mode == Runs.CheckpointMode.Append ? CheckpointMode.Append : CheckpointMode.Overwrite,
            FlushInterval = spec.FlushInterval,
            AutoFlush = spec.AutoFlush ? AutoFlush(batch) : null,
            HistorySize = spec.HistorySize,
            Level = spec.Level,
            Durability = spec.Durability == Runs.CheckpointDurability.Full ? CheckpointDurability.Full : CheckpointDurability.None,
            Staging = CheckpointStaging.Asynchronous,
            Rank = 0,
            WorldSize = 1,
            Files = run.Options.Files,
            Time = run.Options.Time,
            TensorFactory = new TensorFactory(),
            Fingerprint = run.Fingerprint,
            SpecDigest = run.SpecDigest,
            Warn = warning => warn(warning.ToString()),
        });
    }

    /// <summary>
    /// Commits fall where chunks are complete. Each start of the batch but this one ended before the batch did: that counts as a failure.
    /// </summary>
    private AutoFlush AutoFlush(MemberRange batch)
    {
        var multiple = run.Spec.Output.Kind == Runs.OutputKind.None ? 1 : run.Schedule.OutputEvery * run.Schedule.LeadTimesPerChunk;
        var epochs = Path.Combine(run.Spec.Checkpoint.Path, batch.FolderName, "epochs");
        return new AutoFlush
        {
            Multiple = multiple,
            MaxInterval = Math.Max(new AutoFlush().MaxInterval, multiple),
            Failures = run.Options.Files.List(epochs).Count(entry => entry.IsFile && !entry.Name.StartsWith('.')),
        };
    }

    /// <summary>
    /// Every session of every folder that holds one of the batch's members; one at the last boundary need not hold their state.
    /// </summary>
    public List<RestoreCandidate> Candidates(MemberRange batch)
    {
        var candidates = new List<RestoreCandidate>();
        foreach (var folder in Overlapping(batch))
        {
            var rows = Open(folder).Sessions;
            for (var i = 0; i < rows.Count; i++)
            {
                if (rows[i].LeadTime is { } leadTime && run.Schedule.BoundaryAt(leadTime) is { } boundary && boundary <= run.Schedule.Last
                    && (HoldsState(rows[i]) || (boundary == run.Schedule.Last && folder == batch)))
                {
                    candidates.Add(new RestoreCandidate(folder, rows[i].CommitId, boundary, i));
                }
            }
        }

        return candidates;
    }

    /// <summary>The newest restart whose sessions and fields are whole, or null to begin at the initial condition.</summary>
    public RestorePlan? FindRestart(MemberRange batch)
    {
        var candidates = Candidates(batch);
        while (RestorePlan.Choose(batch, candidates) is { } plan)
        {
            if (MissingChunk(batch, plan.Boundary) is { } output)
            {
                candidates.RemoveAll(c => run.Schedule.OutputsThrough(c.Boundary) > output);
            }
            else if (plan.Sources.Values.Distinct().FirstOrDefault(source => !IsWhole(source)) is { } damaged)
            {
                candidates.Remove(damaged);
            }
            else
            {
                return plan;
            }
        }

        return null;
    }

    /// <summary>Whether the batch's newest session is there, but its level kept no model state to go on from.</summary>
    public bool HasStatelessSessions(MemberRange batch) => Open(batch).Sessions.Any(row => !HoldsState(row));

    private static bool HoldsState(CheckpointRow row) => row.StateIds.Contains(RolloutState.Id, StringComparer.Ordinal);

    private IEnumerable<MemberRange> Overlapping(MemberRange batch) => run.Options.Files.List(run.Spec.Checkpoint.Path)
        .Where(entry => entry.IsDirectory)
        .Select(entry => MemberRange.Parse(entry.Name))
        .OfType<MemberRange>()
        .Where(folder => folder.First <= batch.Last && batch.First <= folder.Last);

    /// <summary>Opens the session of a candidate for reading.</summary>
    public CheckpointSession Select(RestoreCandidate source)
    {
        var checkpoint = Open(source.Folder);
        return checkpoint.Select(checkpoint.Sessions.Single(row => row.CommitId == source.Session));
    }

    private bool IsWhole(RestoreCandidate source)
    {
        var checkpoint = Open(source.Folder);
        try
        {
            checkpoint.Reader(checkpoint.Sessions.Single(row => row.CommitId == source.Session)).Verify();
            return true;
        }
        catch (DataException e)
        {
            warn($"session {source.Session} is damaged and is passed over: {e.Message}");
            return false;
        }
    }

    /// <summary>
    /// Output index of the first chunk of fields up to a boundary that is not there: somebody took it away, for sessions come after fields.
    /// </summary>
    private int? MissingChunk(MemberRange batch, int boundary)
    {
        if (run.Spec.Output.Kind == Runs.OutputKind.None)
        {
            return null;
        }

        for (var output = 0; output < run.Schedule.OutputsThrough(boundary); output += run.Schedule.LeadTimesPerChunk)
        {
            foreach (var member in batch.Members)
            {
                var variable = run.Output.Variables.FirstOrDefault(v => !run.Store.HasChunk(member, output, v));
                if (variable is not null)
                {
                    var leadTime = LeadTimeText.Of(run.Schedule.LeadTime(output * run.Schedule.OutputEvery));
                    warn($"the store has no {variable} of member {member} at lead time {leadTime}, though a session says it was written; "
                        + "restarting from before it");
                    return output;
                }
            }
        }

        return null;
    }
}
