using Cairn.Storage.Catalog;

namespace Cairn.Engine.Rollouts;

/// <summary>
/// The gang of one rank that nobody supervises: it halts when it is asked to, its commits are sessions as they stand, and the first
/// failure is its end.
/// </summary>
internal sealed class SoloControl : IRankControl
{
    private readonly CancellationToken _stop;
    private readonly Action<RunEvent> _tell;
    private readonly BoundarySchedule _schedule;
    private readonly Action<TimeSpan>? _committed;

    /// <param name="schedule">The boundaries.</param>
    /// <param name="tell">Is told what happens.</param>
    /// <param name="committed">Is told the lead time of each session, before that; null where nobody wants to know.</param>
    /// <param name="stop">Asks to halt at a boundary.</param>
    public SoloControl(BoundarySchedule schedule, Action<RunEvent> tell, Action<TimeSpan>? committed, CancellationToken stop) =>
        (_schedule, _stop, _tell, _committed) = (schedule, stop, tell, committed);

    public bool MayStep(int boundary) => !_stop.IsCancellationRequested;

    public bool CommitsAt(int boundary) => false;

    public void Committing(int boundary)
    {
        // Nobody else commits.
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
