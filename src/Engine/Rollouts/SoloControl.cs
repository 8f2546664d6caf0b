using Cairn.Storage.Catalog;

namespace Cairn.Engine.Rollouts;

/// <summary>
/// A gang of one rank without a supervisor: it halts on request, its commits are sessions at once, and the first
/// failure is its end.
/// </summary>
internal sealed class SoloControl : IRankControl
{
    private readonly CancellationToken _stop;
    private readonly Action<RunEvent> _tell;
    private readonly BoundarySchedule _schedule;
    private readonly Action<TimeSpan>? _committed;

    /// <param name="schedule">The boundaries.</param>
    /// <param name="tell">Receives what happens.</param>
    /// <param name="committed">Receives the lead time of each session, before that; null if not needed.</param>
    /// <param name="stop">Requests a halt at a boundary.</param>
    public SoloControl(BoundarySchedule schedule, Action<RunEvent> tell, Action<TimeSpan>? committed, CancellationToken stop) =>
        (_schedule, _stop, _tell, _committed) = (schedule, stop, tell, committed);

    public bool MayStep(int boundary) => !_stop.IsCancellationRequested;

    public bool CommitsAt(int boundary) => false;

    public void Committing(int boundary)
    {
        // No other process commits.
    }

    public int? AwaitVerdict() => null;

    public bool CanGoOnAfter(TransientException failure) => false;

    public void Reached(int boundary, TimeSpan leadTime, long steps) => _tell(new BoundaryReached(boundary, leadTime, steps));

    public void Staged(CheckpointRow row)
    {
        var leadTime = row.LeadTime ?? throw new DataException($"Commit {row.CommitId} was written without a lead time.");
        _committed?.Invoke(leadTime);
        _tell(new SessionCommitted(row.CommitId, _schedule.BoundaryAt(leadTime) ?? -1, leadTime));
    }

    public void StagingFailed(Exception failure)
    {
        // The session throws it at the batch's next call.
    }

    public void Verified(int boundary, bool isExact, double difference) =>
        _tell(new ResumeVerified(_schedule.LeadTime(boundary), isExact, difference));

    public void Warn(string text) => _tell(new RunWarning(text));
}
