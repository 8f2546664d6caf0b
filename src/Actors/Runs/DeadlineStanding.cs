using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Runs;

/// <summary>What a run is to have by when.</summary>
/// <param name="Due">The deadline, UTC.</param>
/// <param name="Members">How many members are to be complete by then.</param>
public sealed record DeadlineGoal(DateTimeOffset Due, int Members)
{
    /// <summary>The priority that the run has at least while its deadline is at risk; null for its own.</summary>
    public int? Priority { get; init; }

    /// <summary>Whether batches that are not needed and not begun are dropped while it is at risk.</summary>
    public bool DropLast { get; init; }

    /// <summary>A program and its arguments that is told of each change; null for none.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>An address that each change is posted to; null for none.</summary>
    public string? Webhook { get; init; }

    /// <summary>Whether anybody is told of changes besides the journal.</summary>
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

/// <summary>How a run stands to its deadline.</summary>
public enum DeadlineState
{
    /// <summary>Nothing says that it will be late.</summary>
    OnTime,

    /// <summary>At the rate of now it will be late, or too many members are lost.</summary>
    AtRisk,

    /// <summary>As many members as are needed were complete in time.</summary>
    Met,

    /// <summary>They were not.</summary>
    Missed,
}

/// <summary>How a run stands to its deadline, and what that is.</summary>
/// <param name="Due">The deadline, UTC.</param>
/// <param name="Members">How many members are to be complete by then.</param>
/// <param name="Complete">How many are.</param>
/// <param name="State">How it stands.</param>
/// <param name="Expected">When as many as are needed are expected to be complete; null where that is not known.</param>
public sealed record DeadlineStanding(DateTimeOffset Due, int Members, int Complete, DeadlineState State, DateTimeOffset? Expected)
{
    /// <summary>Whether it is met or missed, and stays so.</summary>
    public bool IsSettled => State is DeadlineState.Met or DeadlineState.Missed;

    /// <summary>That of a run that has just been submitted.</summary>
    internal static DeadlineStanding? Of(DeadlineGoal? goal) =>
        goal is null ? null : new DeadlineStanding(goal.Due, goal.Members, 0, DeadlineState.OnTime, null);
}

/// <summary>The registry has judged how a run stands to its deadline, by how fast its batches go.</summary>
/// <param name="State">How.</param>
/// <param name="Expected">When as many members as are needed are expected to be complete; null where that is not known.</param>
internal sealed record DeadlineJudged(DeadlineState State, DateTimeOffset? Expected) : INoSerializationVerificationNeeded;

/// <summary>A change of a run's deadline that somebody is to be told of.</summary>
/// <param name="Number">Counts the changes of the run, from 1.</param>
/// <param name="Changed">What changed.</param>
public sealed record DeadlineAlert(int Number, DeadlineChanged Changed);

/// <summary>An alert was sent, or given up.</summary>
/// <param name="Number">The change.</param>
/// <param name="Tries">How often it was tried.</param>
/// <param name="Error">Why it failed in the end; null where it did not.</param>
internal sealed record DeadlineAlerted(int Number, int Tries, string? Error) : INoSerializationVerificationNeeded;

/// <summary>What a keeper journals of its run's deadline. Pure.</summary>
internal static class Deadlines
{
    /// <summary>
    /// What is judged by the clock, and what is dropped for it. Whether a deadline is met is told by the journal itself, and what was
    /// settled in between stays.
    /// </summary>
    public static IReadOnlyList<JournalEvent> Take(RunBook book, DeadlineJudged judged, DateTimeOffset now)
    {
        if (book is not { HasEnded: false, Deadline: { IsSettled: false } standing } || standing.State == judged.State)
        {
            return [];
        }

        var changed = Changed(book, standing, judged.State, judged.Expected, now);
        return judged.State switch
        {
            DeadlineState.AtRisk when book.Run!.Deadline is { DropLast: true } =>
                [changed, .. LastInLine(book, standing.Members).Select(batch => new BatchDropped(batch, now))],
            DeadlineState.OnTime when !book.IsClosing =>
                [changed, .. book.Batches.Values.Where(b => b.State == BatchState.Dropped).Select(b => new BatchTakenUp(b.Batch, now))],
            _ => [changed],
        };
    }

    /// <summary>
    /// The batches that the members needed can do without, from the highest numbers down to the first that is needed, or that was begun:
    /// what is left are the first members of the ensemble. None where too many are lost already.
    /// </summary>
    public static IReadOnlyList<MemberRange> LastInLine(RunBook book, int needed)
    {
        var spare = book.CompleteMembers() - needed
            + book.Batches.Values.Where(b => b is { IsOfMembers: true, State: BatchState.Waiting or BatchState.Granted }).Sum(b => b.Whole);
        return [.. book.Batches.Values.Reverse().TakeWhile(b => b.IsUntouched && (spare -= b.Whole) >= 0).Select(b => b.Batch)];
    }

    /// <summary>The next thing of which somebody was told, or could not be.</summary>
    public static IReadOnlyList<JournalEvent> Take(RunBook book, DeadlineAlerted alerted, DateTimeOffset now) =>
        book.Untold is [var next, ..] && next.Number == alerted.Number
            ? [new DeadlineTold(next.Number, next.Changed.State, alerted.Tries, alerted.Error, now)] : [];

    /// <summary>
    /// Events with the one that settles the deadline: members that are complete, or a run that ends without. A run ends when all who are
    /// to be told of its deadline have been, or could not be.
    /// </summary>
    public static IReadOnlyList<JournalEvent> BeforeEnd(RunBook book, IReadOnlyList<JournalEvent> events, DateTimeOffset now)
    {
        var settled = With(book, events, now);
        var others = settled.Where(e => e is not RunClosed).ToList();
        var waits = others.Count < settled.Count && !others.Aggregate(book, (b, e) => b.Apply(e)).Untold.IsEmpty;
        return waits ? others : settled;
    }

    private static IReadOnlyList<JournalEvent> With(RunBook book, IReadOnlyList<JournalEvent> events, DateTimeOffset now)
    {
        if (book.Deadline is not { IsSettled: false } standing || !events.Any(MaySettle))
        {
            return events;
        }

        var after = events.Aggregate(book, (b, e) => b.Apply(e));
        var isComplete = after.CompleteMembers() >= standing.Members;
        if (!isComplete && !after.HasEnded)
        {
            return events;
        }

        var state = isComplete && now <= standing.Due ? DeadlineState.Met : DeadlineState.Missed;
        var settled = Changed(after, standing, state, isComplete ? now : null, now);
        // Nothing comes after the end of a run.
        return events[^1] is RunClosed ? [.. events.SkipLast(1), settled, events[^1]] : [.. events, settled];
    }

    private static bool MaySettle(JournalEvent happened) =>
        happened is RunOpened or RunClosed or AttemptEnded { Outcome: AttemptOutcome.Completed };

    private static DeadlineChanged Changed(
        RunBook book, DeadlineStanding standing, DeadlineState state, DateTimeOffset? expected, DateTimeOffset now) =>
        new(state, standing.Due, standing.Members, book.CompleteMembers(), expected, now);
}
