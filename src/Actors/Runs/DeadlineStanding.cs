using Cairn.Engine.Runs;

namespace Cairn.Actors.Runs;

/// <summary>What a run is to have by when.</summary>
/// <param name="Due">The deadline, UTC.</param>
/// <param name="Members">How many members are to be complete by then.</param>
public sealed record DeadlineGoal(DateTimeOffset Due, int Members)
{
    /// <summary>The priority that the run has at least while its deadline is at risk; null for its own.</summary>
    public int? Priority { get; init; }

    /// <summary>The goal of a run that is submitted now; null for a run without a deadline.</summary>
    public static DeadlineGoal? Of(RunSpec spec, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec.Deadline.At is { } at
            ? new DeadlineGoal(at.Next(now), spec.Deadline.Members ?? spec.Members.Count)
            {
                Priority = spec.Deadline.Priority,
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

/// <summary>What a keeper journals of its run's deadline. Pure.</summary>
internal static class Deadlines
{
    /// <summary>
    /// What is judged by the clock. Whether a deadline is met is told by the journal itself, and what was settled in between stays.
    /// </summary>
    public static IReadOnlyList<JournalEvent> Take(RunBook book, DeadlineJudged judged, DateTimeOffset now) =>
        book is { HasEnded: false, Deadline: { IsSettled: false } standing } && standing.State != judged.State
            ? [Changed(book, standing, judged.State, judged.Expected, now)] : [];

    /// <summary>Events with the one that settles the deadline: members that are complete, or a run that ends without.</summary>
    public static IReadOnlyList<JournalEvent> With(RunBook book, IReadOnlyList<JournalEvent> events, DateTimeOffset now)
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
