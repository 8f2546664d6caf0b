namespace Cairn.Engine.Rollouts;

/// <summary>What the thread that steps a rank asks of its gang, and reports to it, at boundaries. Ranks of one gang are given the same
/// answers, so that they halt and commit at the same boundaries.</summary>
internal interface IBoundaryControl
{
    /// <summary>Blocks while the rank may not step beyond a boundary. False asks it to halt there.</summary>
    bool MayStep(int boundary);

    /// <summary>Whether all ranks commit at this boundary, though the flush interval does not ask for it.</summary>
    bool CommitsAt(int boundary);

    /// <summary>The rank begins a commit; all ranks begin the same ones.</summary>
    void Committing(int boundary);

    /// <summary>Blocks until what this rank has staged became a session or was given up. Returns the boundary of the gang's newest session,
    /// or -1; null where a rank's own commits are all there is.</summary>
    int? AwaitDecision();

    /// <summary>A boundary is done: its fields are handed over, and its commit, if one was due, is under way.</summary>
    void Reached(int boundary, TimeSpan leadTime, long steps);

    /// <summary>The session has thrown what an earlier commit met.</summary>
    /// <returns>Whether the gang knows of it, and goes on to commit at a later boundary; else it is thrown.</returns>
    bool CanGoOnAfter(TransientException failure);

    /// <summary>Something that a user should know.</summary>
    void Warn(string text);
}

/// <summary>A gang of one rank without a supervisor: it halts on request, its commits are sessions at once, and the first failure is its
/// end.</summary>
internal sealed class SoloControl(
    BoundarySchedule schedule, Action<RunEvent> tell, Action<TimeSpan>? committed, CancellationToken stop) : IRankControl
{
    public bool MayStep(int boundary) => !stop.IsCancellationRequested;
    public bool CommitsAt(int boundary) => false;

    public void Committing(int boundary)
    {
        // No other process commits.
    }

    public int? AwaitDecision() => null;
    public bool CanGoOnAfter(TransientException failure) => false;
    public void Reached(int boundary, TimeSpan leadTime, long steps) => tell(new BoundaryReached(boundary, leadTime, steps));

    public void Staged(CheckpointRow row)
    {
        var leadTime = row.LeadTime ?? throw new DataException($"Commit {row.CommitId} was written without a lead time.");
        committed?.Invoke(leadTime);
        tell(new SessionCommitted(row.CommitId, schedule.BoundaryAt(leadTime) ?? -1, leadTime));
    }

    public void StagingFailed(Exception failure)
    {
        // The session throws it at the batch's next call.
    }

    public void Verified(int boundary, bool isExact, double difference) =>
        tell(new ResumeVerified(schedule.LeadTime(boundary), isExact, difference));

    public void Warn(string text) => tell(new RunWarning(text));
}
