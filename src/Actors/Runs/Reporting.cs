using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>The sender's side: the reports of one grant that its keeper has not acknowledged. Pure.</summary>
internal sealed class ReportOutbox
{
    private readonly Queue<IGrantReport> _pending = new();
    private long _number;

    public bool IsEmpty => _pending.Count == 0;

    /// <summary>In order, to be sent again.</summary>
    public IReadOnlyCollection<IGrantReport> Pending => _pending;

    /// <summary>Makes a report with the next number, and keeps it.</summary>
    public T Add<T>(Func<long, T> make) where T : IGrantReport
    {
        var report = make(++_number);
        _pending.Enqueue(report);
        return report;
    }

    /// <summary>The keeper has all reports up to a number.</summary>
    public void Acknowledged(long number)
    {
        while (_pending.TryPeek(out var first) && first.Number <= number)
            _pending.Dequeue();
    }

    public void SendTo(IActorRef registry)
    {
        foreach (var report in _pending)
            registry.Tell(report);
    }
}

/// <summary>
/// The keeper's side: only the next report of a grant is taken, all up to it are acknowledged, and duplicates change nothing. Pure.
/// </summary>
internal static class Reporting
{
    public static RunDecision Take(RunBook book, IGrantReport report, DateTimeOffset now)
    {
        var (run, batch, grantEpoch, number) = (report.RunId, report.Batch, report.GrantEpoch, report.Number);
        if (book.Find(batch) is not { } entry || entry.GrantEpoch != grantEpoch
            || (entry.State != BatchState.Granted && number > entry.LastReport))
        {
            return RunDecision.None with { Answer = Granting.Withdrawn(book, run, batch, grantEpoch) };
        }

        if (number != entry.LastReport + 1)
        {
            // A duplicate, or its predecessor was lost: the sender resends from what is acknowledged.
            return RunDecision.None with { Answer = new ReportAcknowledged(run, batch, grantEpoch, entry.LastReport) };
        }

        return new RunDecision(RunDecisions.WithEnd(book, Events(report, entry, now), now))
        {
            Answer = new ReportAcknowledged(run, batch, grantEpoch, number),
            WatcherEvent = (report as BatchReport)?.Event,
        };
    }

    private static IReadOnlyList<JournalEvent> Events(IGrantReport report, BatchEntry entry, DateTimeOffset now)
    {
        AttemptEnded Ended(AttemptOutcome outcome, string? cause = null, long steps = 0) =>
            new(entry.Batch, report.Number, outcome, cause, steps, now);
        return report switch
        {
            OpeningReport r => [new RunOpened(r.Batches, now), Ended(AttemptOutcome.Completed)],
            OpeningRefused r => [Ended(AttemptOutcome.Failed, r.Reason), new RunClosed(RunState.Failed, r.Kind, r.Reason, now)],
            ClosingReport => [Ended(AttemptOutcome.Completed)],
            BatchReport r => [r.Event switch
            {
                SessionCommitted e => new SessionReported(entry.Batch, entry.Epoch, r.Number, e.Session, e.Boundary, e.LeadTime, now),
                BatchCompleted when !entry.IsOfMembers => Ended(AttemptOutcome.Failed, "it ended without reporting its batches"),
                BatchCompleted e => Ended(AttemptOutcome.Completed, steps: e.Steps),
                BatchStopped e => Ended(AttemptOutcome.HandedBack, steps: e.Steps),
                BatchFailed e => Ended(AttemptOutcome.Failed, e.Error),
                var e => new RunNoted(entry.Batch, r.Number, e, now),
            }],
            _ => throw new InvalidOperationException($"{report.GetType()} is not a report."),
        };
    }
}
