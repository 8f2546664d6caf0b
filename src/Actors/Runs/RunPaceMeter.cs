using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Runs;

/// <summary>
/// Measures the pace of a run, from the reports of its batches. Pure: it takes times of a clock that only grows. A rate is of the
/// last minute or so: a batch's is smoothed, and one without recent reports counts as zero.
/// </summary>
public sealed class RunPaceMeter
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(20), Stale = TimeSpan.FromSeconds(60),
        Shortest = TimeSpan.FromMilliseconds(200);
    private readonly Dictionary<int, Entry> _batches = [];

    /// <summary>A batch said where it stands.</summary>
    public void Heard(BatchProgress progress, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(progress);
        if (!_batches.TryGetValue(progress.Batch.First, out var entry) || progress.Steps < entry.Steps)
        {
            _batches[progress.Batch.First] = new Entry(progress.LeadTime, progress.Steps, now);
            return;
        }

        var took = now - entry.At;
        // What waited for a registry to return comes all at once, and says nothing of how long its steps took.
        if (took >= Shortest)
        {
            var rate = (progress.Steps - entry.Steps) / took.TotalSeconds;
            var weight = 1 - Math.Exp(-took / Memory);
            entry.Between = took;
            entry.Rate = entry.Rate is { } before ? before + (weight * (rate - before)) : rate;
        }

        (entry.LeadTime, entry.Steps, entry.At) = (progress.LeadTime, progress.Steps, now);
    }

    /// <summary>The run's journal has something new: a batch whose attempt ended is under way no more.</summary>
    public void Heard(JournalEvent happened)
    {
        if (happened is AttemptEnded { Batch: var batch } && _batches.Remove(batch.First, out var entry))
        {
            UsualRate = entry.Rate ?? UsualRate;
        }
    }

    /// <summary>How far a batch is; null where it has not said.</summary>
    public TimeSpan? LeadTimeOf(MemberRange batch) => _batches.TryGetValue(batch.First, out var entry) ? entry.LeadTime : null;

    /// <summary>Model steps a second of the batch that ended last; null before any did whose rate was known.</summary>
    public double? UsualRate { get; private set; }

    /// <summary>How fast a batch steps by what it said last, however long ago; null where it has not said enough.</summary>
    public BatchPace? PaceOf(MemberRange batch, TimeSpan now) =>
        _batches.TryGetValue(batch.First, out var entry) && entry.Rate is { } rate and > 0
            ? new BatchPace(rate, now - entry.At, entry.Between) : null;

    /// <summary>How fast the run goes; null before it is opened.</summary>
    public RunPace? Pace(RunBook book, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(book);
        if (book.Run is not { } run || book.Counts.Total == 0)
        {
            return null;
        }

        var places = Places(book, run.LastLeadTime).ToList();
        var (done, all) = (places.Sum(at => at.TotalSeconds), places.Count * run.LastLeadTime.TotalSeconds);

        var rate = Rate(now);
        var left = (all - done) / run.Step.TotalSeconds;
        return new RunPace(rate, all > 0 ? done / all : 1, rate > 0 ? TimeSpan.FromSeconds(Math.Min(left / rate, 1e9)) : null);
    }

    /// <summary>The lead time that all batches have reached, but for those that failed, were cancelled or dropped.</summary>
    public TimeSpan Reached(RunBook book)
    {
        ArgumentNullException.ThrowIfNull(book);
        return book.Run is { } run ? Places(book, run.LastLeadTime).Order().FirstOrDefault() : TimeSpan.Zero;
    }

    private IEnumerable<TimeSpan> Places(RunBook book, TimeSpan last) =>
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

        public TimeSpan Between { get; set; }
    }
}

/// <summary>How fast a batch steps.</summary>
/// <param name="StepsPerSecond">Model steps.</param>
/// <param name="SinceHeard">Since it said so.</param>
/// <param name="Between">How long it was between the last two times that it said where it stands.</param>
public sealed record BatchPace(double StepsPerSecond, TimeSpan SinceHeard, TimeSpan Between);
