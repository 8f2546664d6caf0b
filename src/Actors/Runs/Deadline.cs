namespace Cairn.Actors.Runs;

/// <summary>What a batch that has not ended has before it.</summary>
/// <param name="Members">Members that it would complete.</param>
/// <param name="IsUnderWay">Whether a node has it; else it waits.</param>
/// <param name="Left">How long it takes from now on, or from when a node has it; null where that is not known.</param>
public sealed record BatchOutlook(int Members, bool IsUnderWay, TimeSpan? Left);

/// <summary>What a run has before it.</summary>
/// <param name="Complete">Members that are complete.</param>
/// <param name="Batches">Batches that wait or are under way; those that wait in the order in which they are granted.</param>
public sealed record RunOutlook(int Complete, IReadOnlyList<BatchOutlook> Batches)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>What the journal and the pace of a run say.</summary>
    /// <param name="book">The run.</param>
    /// <param name="pace">How fast it goes.</param>
    /// <param name="now">By the clock of the pace.</param>
    public static RunOutlook Of(RunBook book, RunPaceMeter pace, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(book);
        ArgumentNullException.ThrowIfNull(pace);
        var rates = book.Granted.Select(key => pace.PaceOf(book.Batches[key].Batch, now)?.StepsPerSecond).OfType<double>().ToList();
        var usual = rates.Count > 0 ? rates.Average() : pace.UsualRate;
        var open = from batch in book.Batches.Values
                   where batch is { IsOfMembers: true, State: BatchState.Waiting or BatchState.Granted }
                   select new BatchOutlook(
                       batch.Whole, batch.State == BatchState.Granted, book.IsPaused ? null : Left(book.Run!, batch, pace, usual, now));
        return new RunOutlook(book.CompleteMembers(), [.. open]);
    }

    /// <summary>
    /// How long it takes until so many members are complete: batches that wait take the place of those under way as these end. Null where
    /// that is not known, or will not be.
    /// </summary>
    public TimeSpan? Until(int members)
    {
        var (complete, waiting) = (Complete, new Queue<BatchOutlook>(Batches.Where(b => !b.IsUnderWay)));
        var ends = new PriorityQueue<int, TimeSpan>();
        foreach (var batch in Batches.Where(b => b.IsUnderWay))
        {
            if (batch.Left is not { } left)
            {
                return complete >= members ? TimeSpan.Zero : null;
            }

            ends.Enqueue(batch.Members, left);
        }

        var at = TimeSpan.Zero;
        while (complete < members)
        {
            // With none under way there is room for one at least, sooner or later.
            if (ends.TryDequeue(out var more, out var end))
            {
                (complete, at) = (complete + more, end);
            }
            else if (waiting.Count == 0)
            {
                return null;
            }

            if (complete < members && waiting.TryDequeue(out var next))
            {
                if (next.Left is not { } left)
                {
                    return null;
                }

                ends.Enqueue(next.Members, at + left);
            }
        }

        return at;
    }

    /// <summary>Whether so many members can be complete at all.</summary>
    public bool CanHave(int members) => Complete + Batches.Sum(b => (long)b.Members) >= members;

    private static TimeSpan? Left(RunSubmission run, BatchEntry batch, RunPaceMeter pace, double? usual, TimeSpan now)
    {
        var known = batch.State == BatchState.Granted ? pace.PaceOf(batch.Batch, now) : null;
        if ((known?.StepsPerSecond ?? usual) is not ({ } rate and > 0))
        {
            return null;
        }

        var at = pace.LeadTimeOf(batch.Batch) ?? batch.Newest?.LeadTime ?? TimeSpan.Zero;
        var seconds = Math.Min(Math.Max(0, (run.LastLeadTime - at) / run.Step) / rate, Longest.TotalSeconds);
        // It has stepped on since it was heard of, but for what it may have come to a halt in.
        var stepped = known is null ? TimeSpan.Zero : known.SinceHeard < known.Between ? known.SinceHeard : known.Between;
        var left = TimeSpan.FromSeconds(seconds) - stepped;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}

/// <summary>What is decided about a deadline.</summary>
/// <param name="State">How the run stands to it.</param>
/// <param name="Expected">When as many members as are needed are expected to be complete; null where that is not known.</param>
/// <param name="DoubtedSince">Since when it looks otherwise, which has not lasted long enough; null where it does not.</param>
public readonly record struct DeadlineDecision(DeadlineState State, DateTimeOffset? Expected, DateTimeOffset? DoubtedSince);

/// <summary>
/// Decides how a run stands to its deadline. Pure. Rates vary: what looks otherwise has to do so for a while, and a run at risk is back on
/// time once there is some time to spare.
/// </summary>
public static class Deadline
{
    /// <summary>How long something has to look otherwise.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    /// <summary>The part of the time until the deadline that a run at risk has to have to spare to be back on time.</summary>
    public const double Spare = 0.05;

    /// <summary>Decides.</summary>
    /// <param name="standing">How the run stands so far.</param>
    /// <param name="outlook">What it has before it.</param>
    /// <param name="doubtedSince">Of the decision before.</param>
    /// <param name="now">The time.</param>
    public static DeadlineDecision Decide(
        DeadlineStanding standing, RunOutlook outlook, DateTimeOffset? doubtedSince, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(standing);
        ArgumentNullException.ThrowIfNull(outlook);
        var expected = outlook.Until(standing.Members) is { } left ? Second(now + left) : (DateTimeOffset?)null;
        if (standing.IsSettled || outlook.Complete >= standing.Members)
        {
            // The journal tells when they were.
            return new DeadlineDecision(standing.State, expected, null);
        }

        if (now > standing.Due)
        {
            return new DeadlineDecision(DeadlineState.Missed, expected, null);
        }

        var looks = Looks(standing, outlook, expected, now);
        if (looks == standing.State)
        {
            return new DeadlineDecision(looks, expected, null);
        }

        var since = doubtedSince ?? now;
        return now - since >= Settling
            ? new DeadlineDecision(looks, expected, null) : new DeadlineDecision(standing.State, expected, since);
    }

    private static DeadlineState Looks(DeadlineStanding standing, RunOutlook outlook, DateTimeOffset? expected, DateTimeOffset now)
    {
        if (!outlook.CanHave(standing.Members))
        {
            return DeadlineState.AtRisk;
        }

        return expected is not { } at ? standing.State
            : at > standing.Due ? DeadlineState.AtRisk
            : at + ((standing.Due - now) * Spare) <= standing.Due ? DeadlineState.OnTime : standing.State;
    }

    private static DateTimeOffset Second(DateTimeOffset time) =>
        time.AddTicks((TimeSpan.TicksPerSecond - (time.Ticks % TimeSpan.TicksPerSecond)) % TimeSpan.TicksPerSecond);
}
