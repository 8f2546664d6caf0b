using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>
/// Measures the pace of a run from its batches' reports: a batch's rate is an exponential moving average, and counts as zero without recent
/// reports. Pure: it takes times of a monotonic clock.
/// </summary>
internal sealed class RunPaceMeter
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(20), Stale = TimeSpan.FromSeconds(60),
        Shortest = TimeSpan.FromMilliseconds(200);
    private readonly Dictionary<int, Entry> _batches = [];

    public void Record(BatchProgress progress, TimeSpan now)
    {
        if (!_batches.TryGetValue(progress.Batch.First, out var entry) || progress.Steps < entry.Steps)
        {
            _batches[progress.Batch.First] = new Entry(progress.LeadTime, progress.Steps, now);
            return;
        }

        var took = now - entry.At;
        // Reports that waited for a registry arrive all at once, and their intervals mean nothing.
        if (took >= Shortest)
        {
            var rate = (progress.Steps - entry.Steps) / took.TotalSeconds;
            var weight = 1 - Math.Exp(-took / Memory);
            entry.Interval = took;
            entry.Rate = entry.Rate is { } before ? before + (weight * (rate - before)) : rate;
        }

        (entry.LeadTime, entry.Steps, entry.At) = (progress.LeadTime, progress.Steps, now);
    }

    /// <summary>A batch whose attempt ended no longer counts.</summary>
    public void Record(JournalEvent happened)
    {
        if (happened is AttemptEnded { Batch: var batch } && _batches.Remove(batch.First, out var entry))
            UsualRate = entry.Rate ?? UsualRate;
    }

    /// <summary>How far a batch is; null if it has not reported.</summary>
    public TimeSpan? LeadTimeOf(MemberRange batch) => _batches.TryGetValue(batch.First, out var entry) ? entry.LeadTime : null;

    /// <summary>Model steps per second of the batch that ended last; null if unknown.</summary>
    public double? UsualRate { get; private set; }

    /// <summary>How fast a batch stepped at its last report, however long ago; null if unknown.</summary>
    public BatchPace? PaceOf(MemberRange batch, TimeSpan now) =>
        _batches.TryGetValue(batch.First, out var entry) && entry.Rate is { } rate and > 0
            ? new BatchPace(rate, now - entry.At, entry.Interval) : null;

    /// <summary>How fast the run goes; null before it is opened.</summary>
    public RunPace? Pace(RunBook book, TimeSpan now)
    {
        if (book.Run is not { } run || book.Counts.Total == 0)
            return null;

        var leadTimes = LeadTimes(book, run.LastLeadTime).ToList();
        var (done, all) = (leadTimes.Sum(at => at.TotalSeconds), leadTimes.Count * run.LastLeadTime.TotalSeconds);
        var rate = Rate(now);
        var left = (all - done) / run.Step.TotalSeconds;
        return new RunPace(rate, all > 0 ? done / all : 1, rate > 0 ? TimeSpan.FromSeconds(Math.Min(left / rate, 1e9)) : null);
    }

    /// <summary>The lead time that all batches have reached, except those that failed, were cancelled or dropped.</summary>
    public TimeSpan Reached(RunBook book) =>
        book.Run is { } run ? LeadTimes(book, run.LastLeadTime).Order().FirstOrDefault() : TimeSpan.Zero;

    private IEnumerable<TimeSpan> LeadTimes(RunBook book, TimeSpan last) =>
        from batch in book.Batches.Values
        where batch.IsOfMembers && batch.State is not (BatchState.Failed or BatchState.Cancelled or BatchState.Dropped)
        select batch.State == BatchState.Completed ? last : LeadTimeOf(batch.Batch) ?? batch.Newest?.LeadTime ?? TimeSpan.Zero;

    /// <summary>Model steps per second of all batches with recent reports.</summary>
    public double Rate(TimeSpan now) => _batches.Values.Where(b => now - b.At < Stale).Sum(b => b.Rate ?? 0);

    private sealed class Entry(TimeSpan leadTime, long steps, TimeSpan at)
    {
        public TimeSpan LeadTime { get; set; } = leadTime;

        public long Steps { get; set; } = steps;

        public TimeSpan At { get; set; } = at;

        public double? Rate { get; set; }

        public TimeSpan Interval { get; set; }
    }
}

/// <summary>How fast a batch steps, the time since its last report, and between its last two.</summary>
internal sealed record BatchPace(double StepsPerSecond, TimeSpan SinceReport, TimeSpan Interval);

/// <summary>The progress of a run.</summary>
/// <param name="State">Its state.</param>
/// <param name="LeadTime">The lead time that all its batches have reached, except those that failed.</param>
/// <param name="Done">The completed part of all batches' lead times, from 0 to 1.</param>
/// <param name="StepsPerSecond">Model steps of all running batches together.</param>
/// <param name="SessionAge">
/// The largest age of a running batch's newest session: what would be repeated if all nodes died. It counts from the batch's grant or the
/// start of this registry, if that is later. Null if no batch runs.
/// </param>
public sealed record RunFigures(
    string Id, RunState State, TimeSpan LeadTime, double Done, double StepsPerSecond, TimeSpan? SessionAge)
{
    /// <summary>
    /// Time from when enough members are expected to be complete until its deadline; negative if that is late, null if unknown.
    /// </summary>
    public TimeSpan? DeadlineSpare { get; init; }
}

/// <summary>
/// When the batches of a run had their newest sessions, from the run's journal. Pure: it takes times of a monotonic clock.
/// </summary>
internal sealed class SessionTimes
{
    private readonly Dictionary<int, TimeSpan> _newest = [];

    public void Record(JournalEvent happened, TimeSpan now)
    {
        switch (happened)
        {
            case SessionReported session:
                _newest[session.Batch.First] = now;
                break;
            case BatchGranted granted:
                // Before the grant there were no steps to lose.
                _newest[granted.Batch.First] = now;
                break;
        }
    }

    /// <summary>
    /// The largest age of a running batch's newest session, or of its grant or this registry if those are newer; null if none runs.
    /// </summary>
    public TimeSpan? Age(RunBook book, TimeSpan since, TimeSpan now) => book.IsPaused ? null
        : book.Batches.Values.Where(b => b is { IsOfMembers: true, State: BatchState.Granted })
            .Select(b => (TimeSpan?)(now - _newest.GetValueOrDefault(b.Batch.First, since))).Max();
}
