using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>
/// Decides about reports. Each grant's reports are numbered: only the next one in order is taken, all up to it are acknowledged, and
/// a duplicate changes nothing. Pure.
/// </summary>
internal static class Reporting
{
    public static RunDecision Take(RunBook book, object report, DateTimeOffset now)
    {
        var (batch, grantEpoch, number) = Place(report);
        if (book.Find(batch) is not { } entry || entry.GrantEpoch != grantEpoch
            || (entry.State != BatchState.Granted && number > entry.LastReport))
        {
            return RunDecision.None with { Answer = Granting.Withdrawn(book, RunOf(report), batch, grantEpoch) };
        }

        if (number != entry.LastReport + 1)
        {
            // Sent again, or ahead of one that got lost: the sender goes on from what is acknowledged.
            return RunDecision.None with { Answer = new ReportAcknowledged(RunOf(report), batch, grantEpoch, entry.LastReport) };
        }

        return new RunDecision(RunDecisions.WithEnd(book, Events(report, entry, now), now))
        {
            Answer = new ReportAcknowledged(RunOf(report), batch, grantEpoch, number),
            Told = (report as BatchReport)?.Event,
        };
    }

    private static (MemberRange Batch, int GrantEpoch, long Number) Place(object report) => report switch
    {
        BatchReport r => (r.Batch, r.GrantEpoch, r.Number),
        OpeningReport r => (RunWork.Opening, r.GrantEpoch, r.Number),
        OpeningRefused r => (RunWork.Opening, r.GrantEpoch, r.Number),
        ClosingReport r => (RunWork.Closing, r.GrantEpoch, r.Number),
        _ => throw new InvalidOperationException($"{report.GetType()} is not a report."),
    };

    private static string RunOf(object report) => report switch
    {
        BatchReport r => r.RunId,
        OpeningReport r => r.RunId,
        OpeningRefused r => r.RunId,
        ClosingReport r => r.RunId,
        _ => throw new InvalidOperationException($"{report.GetType()} is not a report."),
    };

    private static List<JournalEvent> Events(object report, BatchEntry entry, DateTimeOffset now) => report switch
    {
        OpeningReport r =>
        [
            new RunOpened(r.Batches, now), new AttemptEnded(entry.Batch, r.Number, AttemptOutcome.Completed, null, 0, now),
        ],
        OpeningRefused r =>
        [
            new AttemptEnded(entry.Batch, r.Number, AttemptOutcome.Failed, r.Reason, 0, now),
            new RunClosed(RunState.Failed, r.Kind, r.Reason, now),
        ],
        ClosingReport r => [new AttemptEnded(entry.Batch, r.Number, AttemptOutcome.Completed, null, 0, now)],
        BatchReport r => [Event(r, entry, now)],
        _ => throw new InvalidOperationException($"{report.GetType()} is not a report."),
    };

    private static JournalEvent Event(BatchReport report, BatchEntry entry, DateTimeOffset now) => report.Event switch
    {
        SessionCommitted e => new SessionReported(entry.Batch, entry.Epoch, report.Number, e.Session, e.Boundary, e.LeadTime, now),
        BatchCompleted when !entry.IsOfMembers => new AttemptEnded(
            entry.Batch, report.Number, AttemptOutcome.Failed, "it ended without reporting its batches", 0, now),
        BatchCompleted e => new AttemptEnded(entry.Batch, report.Number, AttemptOutcome.Completed, null, e.Steps, now),
        BatchStopped e => new AttemptEnded(entry.Batch, report.Number, AttemptOutcome.HandedBack, null, e.Steps, now),
        BatchFailed e => new AttemptEnded(entry.Batch, report.Number, AttemptOutcome.Failed, e.Error, 0, now),
        var e => new RunNoted(entry.Batch, report.Number, e, now),
    };
}
