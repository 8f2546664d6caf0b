namespace Cairn.Actors.Runs;

/// <summary>
/// The remaining work of a batch that has not ended: its members, and how long it takes from now or from its grant on; null if unknown.
/// </summary>
internal sealed record BatchOutlook(int Members, bool IsUnderWay, TimeSpan? Left);

/// <summary>
/// The remaining work of a run: its complete members, and its waiting batches in the order in which they will be granted.
/// </summary>
internal sealed record RunOutlook(int Complete, IReadOnlyList<BatchOutlook> Batches)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>Estimated from the journal and the pace of a run.</summary>
    public static RunOutlook Of(RunBook book, RunPaceMeter pace, TimeSpan now)
    {
        var rates = book.Granted.Select(key => pace.PaceOf(book.Batches[key].Batch, now)?.StepsPerSecond).OfType<double>().ToList();
        var usual = rates.Count > 0 ? rates.Average() : pace.UsualRate;
        var open = from batch in book.Batches.Values
                   where batch is { IsOfMembers: true, State: BatchState.Waiting or BatchState.Granted }
                   select new BatchOutlook(
                       batch.Whole, batch.State == BatchState.Granted, book.IsPaused ? null : Left(book.Run!, batch, pace, usual, now));
        return new RunOutlook(book.CompleteMembers(), [.. open]);
    }

    /// <summary>
    /// How long until so many members are complete, if waiting batches replace running ones as these end; null if unknown or never.
    /// </summary>
    public TimeSpan? Until(int members)
    {
        var (complete, waiting) = (Complete, new Queue<BatchOutlook>(Batches.Where(b => !b.IsUnderWay)));
        var ends = new PriorityQueue<int, TimeSpan>();
        foreach (var batch in Batches.Where(b => b.IsUnderWay))
        {
            if (batch.Left is not { } left)
                return complete >= members ? TimeSpan.Zero : null;

            ends.Enqueue(batch.Members, left);
        }

        var at = TimeSpan.Zero;
        while (complete < members)
        {
            // If none runs, assume that there will be room for one.
            if (ends.TryDequeue(out var more, out var end))
                (complete, at) = (complete + more, end);
            else if (waiting.Count == 0)
                return null;

            if (complete < members && waiting.TryDequeue(out var next))
            {
                if (next.Left is not { } left)
                    return null;

                ends.Enqueue(next.Members, at + left);
            }
        }

        return at;
    }

    /// <summary>Whether so many members can still be completed.</summary>
    public bool CanHave(int members) => Complete + Batches.Sum(b => (long)b.Members) >= members;

    private static TimeSpan? Left(RunSubmission run, BatchEntry batch, RunPaceMeter pace, double? usual, TimeSpan now)
    {
        var known = batch.State == BatchState.Granted ? pace.PaceOf(batch.Batch, now) : null;
        if ((known?.StepsPerSecond ?? usual) is not ({ } rate and > 0))
            return null;

        var at = pace.LeadTimeOf(batch.Batch) ?? batch.Newest?.LeadTime ?? TimeSpan.Zero;
        var seconds = Math.Min(Math.Max(0, (run.LastLeadTime - at) / run.Step) / rate, Longest.TotalSeconds);
        // It has stepped since its last report; for at most one report interval, since it may have stopped.
        var stepped = known is null ? TimeSpan.Zero : known.SinceReport < known.Interval ? known.SinceReport : known.Interval;
        var left = TimeSpan.FromSeconds(seconds) - stepped;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}

/// <summary>
/// The state, when the deadline's members are expected to be complete (null if unknown), and since when another state seems right.
/// </summary>
internal readonly record struct DeadlineDecision(DeadlineState State, DateTimeOffset? Expected, DateTimeOffset? DoubtedSince);

/// <summary>
/// Decides the state of a run's deadline. Pure. Rates vary, so another state must seem right for a while before it is taken, and a run at
/// risk is back on time only with some time to spare.
/// </summary>
internal static class Deadline
{
    /// <summary>How long another state must seem right before it is taken.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    /// <summary>A run at risk is back on time only with this part of the time until the deadline to spare.</summary>
    public const double Spare = 0.05;

    public static DeadlineDecision Decide(
        DeadlineStanding standing, RunOutlook outlook, DateTimeOffset? doubtedSince, DateTimeOffset now)
    {
        var expected = outlook.Until(standing.Members) is { } left ? Second(now + left) : (DateTimeOffset?)null;
        if (standing.IsSettled || outlook.Complete >= standing.Members)
        {
            // Whether in time, the journal tells.
            return new DeadlineDecision(standing.State, expected, null);
        }

        if (now > standing.Due)
            return new DeadlineDecision(DeadlineState.Missed, expected, null);

        var looks = Looks(standing, outlook, expected, now);
        if (looks == standing.State)
            return new DeadlineDecision(looks, expected, null);

        var since = doubtedSince ?? now;
        return now - since >= Settling
            ? new DeadlineDecision(looks, expected, null) : new DeadlineDecision(standing.State, expected, since);
    }

    private static DeadlineState Looks(DeadlineStanding standing, RunOutlook outlook, DateTimeOffset? expected, DateTimeOffset now)
    {
        if (!outlook.CanHave(standing.Members))
            return DeadlineState.AtRisk;

        return expected is not { } at ? standing.State
            : at > standing.Due ? DeadlineState.AtRisk
            : at + ((standing.Due - now) * Spare) <= standing.Due ? DeadlineState.OnTime : standing.State;
    }

    private static DateTimeOffset Second(DateTimeOffset time) =>
        time.AddTicks((TimeSpan.TicksPerSecond - (time.Ticks % TimeSpan.TicksPerSecond)) % TimeSpan.TicksPerSecond);
}
