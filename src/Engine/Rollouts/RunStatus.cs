namespace Cairn.Engine.Rollouts;

/// <summary>Where a batch stands, by its newest session.</summary>
/// <param name="Batch">Its members.</param>
/// <param name="Session">Name of its newest session, or null before the first.</param>
/// <param name="LeadTime">The lead time of that.</param>
/// <param name="SavedAt">When that was written, ISO 8601.</param>
/// <param name="Sessions">How many sessions it has.</param>
/// <param name="Epochs">How often it was started.</param>
public sealed record BatchStatus(MemberRange Batch, string? Session, TimeSpan? LeadTime, string? SavedAt, int Sessions, int Epochs);

/// <summary>Where a run stands, read from its folder without touching it.</summary>
/// <param name="Record">Its record.</param>
/// <param name="Batches">Its batches, in order of members.</param>
public sealed record RunStatus(RunRecord Record, IReadOnlyList<BatchStatus> Batches)
{
    /// <summary>The last lead time of the run.</summary>
    public TimeSpan End => Record.Spec.LeadTimes.End;

    /// <summary>Whether every batch has a session at the last lead time.</summary>
    public bool Complete => Batches.All(b => b.LeadTime >= End);

    /// <summary>Reads a run's folder (<c>checkpoint.path</c>).</summary>
    /// <exception cref="DataException">There is no run at <paramref name="folder"/>, or its record is damaged.</exception>
    public static RunStatus Read(string folder, IDurableFiles files)
    {
        var path = Path.Combine(folder, RunRecord.FileName);
        if (!files.FileExists(path))
            throw new DataException(
                $"{folder} holds no run: there is no {RunRecord.FileName}. Expected the checkpoint.path of a run that was started.");
        var record = RunRecord.Read(path);
        return new RunStatus(record, [.. record.Batches.Select(batch => Read(folder, batch, files))]);
    }

    private static BatchStatus Read(string folder, MemberRange batch, IDurableFiles files)
    {
        var catalog = Path.Combine(folder, batch.FolderName);
        var epochs = files.List(Path.Combine(catalog, "epochs")).Count(e => e.IsFile && e.Name.EndsWith(".json", StringComparison.Ordinal));
        if (files.List(catalog).Any(e => e.Name == "sessions"))
        {
            // Only the sessions of several ranks have manifests to join; rows alone are read faster.
            var sessions = Checkpoint.ReadSessions(catalog, files).Sessions;
            var last = sessions.Count == 0 ? null : sessions[^1];
            return new BatchStatus(batch, last?.Id, last?.LeadTime, last?.Ranks[0].Row.SavedAt, sessions.Count, epochs);
        }
        if (!files.DirectoryExists(Path.Combine(catalog, "commits")))
            return new BatchStatus(batch, null, null, null, 0, epochs);
        var rows = Checkpoint.ReadRows(catalog, files);
        var newest = rows.Count == 0 ? null : rows[^1];
        return new BatchStatus(batch, newest?.CommitId, newest?.LeadTime, newest?.SavedAt, rows.Count, epochs);
    }
}
