using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Runs;

/// <summary>A run's deadline.</summary>
/// <param name="Due">The deadline, UTC.</param>
/// <param name="Members">How many members must be complete by then.</param>
public sealed record DeadlineGoal(DateTimeOffset Due, int Members)
{
    /// <summary>The run's minimum priority while its deadline is at risk; null for its own.</summary>
    public int? Priority { get; init; }

    /// <summary>Whether batches that are neither needed nor begun are dropped while it is at risk.</summary>
    public bool DropLast { get; init; }

    /// <summary>A program, with arguments, that is run for each change; null for none.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>A URL to which each change is posted; null for none.</summary>
    public string? Webhook { get; init; }

    /// <summary>Whether changes cause alerts.</summary>
    internal bool HasAlert => Webhook is not null || Command is { Count: > 0 };

    /// <summary>The goal of a run that is submitted now; null for a run without a deadline.</summary>
    public static DeadlineGoal? Of(RunSpec spec, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec.Deadline.At is { } at
            ? new DeadlineGoal(at.Next(now), spec.Deadline.Members ?? spec.Members.Count)
            {
                Priority = spec.Deadline.Priority, DropLast = spec.Deadline.DropLast,
                Command = spec.Deadline.Command is { Count: > 0 } command ? command : null, Webhook = spec.Deadline.Webhook,
            }
            : null;
    }
}

/// <summary>The state of a run's deadline.</summary>
public enum DeadlineState
{
    /// <summary>No delay is expected.</summary>
    OnTime,

    /// <summary>At the current rate it will be missed, or too many members are lost.</summary>
    AtRisk,

    /// <summary>Enough members were complete in time.</summary>
    Met,

    /// <summary>Too few members were complete in time.</summary>
    Missed,
}

/// <summary>A run's deadline and its state.</summary>
/// <param name="Due">The deadline, UTC.</param>
/// <param name="Members">How many members must be complete by then.</param>
/// <param name="Complete">How many are complete.</param>
/// <param name="State">Its state.</param>
/// <param name="Expected">When enough members are expected to be complete; null if unknown.</param>
public sealed record DeadlineStanding(DateTimeOffset Due, int Members, int Complete, DeadlineState State, DateTimeOffset? Expected)
{
    /// <summary>Whether it is met or missed, which is final.</summary>
    public bool IsSettled => State is DeadlineState.Met or DeadlineState.Missed;

    /// <summary>The initial state.</summary>
    internal static DeadlineStanding? Of(DeadlineGoal? goal) =>
        goal is null ? null : new DeadlineStanding(goal.Due, goal.Members, 0, DeadlineState.OnTime, null);
}

/// <summary>The registry's judgement of a deadline, from the pace of the run's batches.</summary>
internal sealed record DeadlineJudged(DeadlineState State, DateTimeOffset? Expected) : INoSerializationVerificationNeeded;

/// <summary>A change of a run's deadline that causes an alert.</summary>
/// <param name="Number">Counts the changes of the run, from 1.</param>
/// <param name="Changed">What changed.</param>
public sealed record DeadlineAlert(int Number, DeadlineChanged Changed);

/// <summary>An alert was sent, or failed after several tries.</summary>
internal sealed record DeadlineAlerted(int Number, int Tries, string? Error) : INoSerializationVerificationNeeded;

/// <summary>Decides which events about a deadline are journaled. Pure.</summary>
internal static class Deadlines
{
    /// <summary>A judged change, with the batches that are dropped or wait again for it. A settled deadline does not change.</summary>
    public static IReadOnlyList<JournalEvent> Take(RunBook book, DeadlineJudged judged, DateTimeOffset now)
    {
        if (book is not { HasEnded: false, Deadline: { IsSettled: false } standing } || standing.State == judged.State)
            return [];

        var changed = Changed(book, standing, judged.State, judged.Expected, now);
        return judged.State switch
        {
            DeadlineState.AtRisk when book.Run!.Deadline is { DropLast: true } =>
                [changed, .. Droppable(book, standing.Members).Select(batch => new BatchDropped(batch, now))],
            DeadlineState.OnTime when !book.IsClosing =>
                [changed, .. book.Batches.Values.Where(b => b.State == BatchState.Dropped).Select(b => new BatchTakenUp(b.Batch, now))],
            _ => [changed],
        };
    }

    /// <summary>
    /// The batches that can be dropped while enough members remain: from the last one down to the first that is needed or was begun, so
    /// that the first members of the ensemble remain. None if too many are lost already.
    /// </summary>
    public static IReadOnlyList<MemberRange> Droppable(RunBook book, int needed)
    {
        var spare = book.CompleteMembers() - needed
            + book.Batches.Values.Where(b => b is { IsOfMembers: true, State: BatchState.Waiting or BatchState.Granted }).Sum(b => b.Whole);
        return [.. book.Batches.Values.Reverse().TakeWhile(b => b.IsUntouched && (spare -= b.Whole) >= 0).Select(b => b.Batch)];
    }

    /// <summary>The outcome of the next pending alert.</summary>
    public static IReadOnlyList<JournalEvent> Take(RunBook book, DeadlineAlerted alerted, DateTimeOffset now) =>
        book.PendingAlerts is [var next, ..] && next.Number == alerted.Number
            ? [new DeadlineTold(next.Number, next.Changed.State, alerted.Tries, alerted.Error, now)] : [];

    /// <summary>
    /// Adds the event that settles the deadline, if enough members are complete or the run ends. The end of a run waits for its pending
    /// alerts.
    /// </summary>
    public static IReadOnlyList<JournalEvent> BeforeEnd(RunBook book, IReadOnlyList<JournalEvent> events, DateTimeOffset now)
    {
        var settled = With(book, events, now);
        var others = settled.Where(e => e is not RunClosed).ToList();
        var waits = others.Count < settled.Count && !others.Aggregate(book, (b, e) => b.Apply(e)).PendingAlerts.IsEmpty;
        return waits ? others : settled;
    }

    private static IReadOnlyList<JournalEvent> With(RunBook book, IReadOnlyList<JournalEvent> events, DateTimeOffset now)
    {
        if (book.Deadline is not { IsSettled: false } standing || !events.Any(MaySettle))
            return events;

        var after = events.Aggregate(book, (b, e) => b.Apply(e));
        var isComplete = after.CompleteMembers() >= standing.Members;
        if (!isComplete && !after.HasEnded)
            return events;

        var state = isComplete && now <= standing.Due ? DeadlineState.Met : DeadlineState.Missed;
        var settled = Changed(after, standing, state, isComplete ? now : null, now);
        // The end of a run is its last event.
        return events[^1] is RunClosed ? [.. events.SkipLast(1), settled, events[^1]] : [.. events, settled];
    }

    private static bool MaySettle(JournalEvent happened) =>
        happened is RunOpened or RunClosed or AttemptEnded { Outcome: AttemptOutcome.Completed };

    private static DeadlineChanged Changed(
        RunBook book, DeadlineStanding standing, DeadlineState state, DateTimeOffset? expected, DateTimeOffset now) =>
        new(state, standing.Due, standing.Members, book.CompleteMembers(), expected, now);
}
