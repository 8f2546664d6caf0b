using Cairn.Storage.Catalog;

namespace Cairn.Engine.Rollouts;

/// <summary>Where the library workflows go on from a restored row.</summary>
internal static class LibraryResume
{
    /// <summary>The boundary of a restored row by its lead time, or null when it has none.</summary>
    /// <exception cref="SpecException">The schedule has no boundary there: the row was written with another one.</exception>
    public static int? Boundary(CheckpointSession session, BoundarySchedule schedule)
    {
        if (session.LeadTime is not { } leadTime)
        {
            return null;
        }

        var boundary = schedule.BoundaryAt(leadTime);
        return boundary <= schedule.Last ? boundary : throw new SpecException(
            $"The catalog {session.Checkpoint.RankPath} is at lead time {LeadTimeText.Of(leadTime)}, where this schedule (every "
            + $"{LeadTimeText.Of(schedule.Every)}, to {LeadTimeText.Of(schedule.LeadTime(schedule.Last))}) has no boundary. "
            + "Use the schedule that it was written with, or another path.");
    }

    /// <summary>
    /// The boundary after which a batch continues, or null if it starts over; if a row cannot be resumed, the reason is reported.
    /// </summary>
    /// <param name="session">The session, or null without a checkpoint.</param>
    /// <param name="schedule">The boundaries.</param>
    /// <param name="states">What was restored of the model's states.</param>
    /// <param name="batch">The members to continue.</param>
    /// <param name="unread">Why a state of another program could not be read, or null.</param>
    /// <param name="observer">Receives warnings.</param>
    /// <exception cref="SpecException">The schedule has no boundary there.</exception>
    public static int? From(
        CheckpointSession? session, BoundarySchedule schedule, IMemberStates states, MemberRange batch, string? unread,
        IRunObserver observer)
    {
        if (session is not { Exists: true })
        {
            return null;
        }

        var boundary = Boundary(session, schedule);
        if ((boundary is null ? $"session {session.CommitId} records no lead time" : WhyNot(session, states, batch, unread)) is { } why)
        {
            observer.On(new RunWarning($"{why}: restarting from lead time zero ({batch})") { Batch = batch });
            return null;
        }

        return boundary;
    }

    private static string? WhyNot(CheckpointSession session, IMemberStates states, MemberRange batch, string? unread)
    {
        var level = session.Checkpoint.Options.Level;
        if (level < 2)
        {
            return $"the checkpoint's level is {level}, which keeps no model state";
        }

        List<int> missing = [.. batch.Members.Where(member => !states.Holds(member))];
        var held = session.Row?.StateIds ?? [];
        return missing.Count == 0 ? null
            : unread is not null ? $"session {session.CommitId} cannot be resumed: {unread}"
            : held.Contains(RolloutState.Id, StringComparer.Ordinal)
                ? $"session {session.CommitId} holds no state of member {string.Join(", ", missing)}, which was in another batch"
                : $"session {session.CommitId} holds no model state that this model reads "
                    + $"({(held.Count == 0 ? "it holds none at all" : "it holds " + string.Join(", ", held))})";
    }
}
