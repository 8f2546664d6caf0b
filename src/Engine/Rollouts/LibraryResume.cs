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
            $"The catalog {session.Checkpoint.RankPath} stands at lead time {LeadTimeText.Of(leadTime)}, where this schedule (every "
            + $"{LeadTimeText.Of(schedule.Every)}, to {LeadTimeText.Of(schedule.LeadTime(schedule.Last))}) has no boundary. "
            + "Use the schedule that it was written with, or another path.");
    }

    /// <summary>Whether the row holds the state to go on with; warns where it does not.</summary>
    public static bool MayGoOn(CheckpointSession session, IRunObserver observer)
    {
        var level = session.Checkpoint.Options.Level;
        var holds = session.Row?.StateIds.Contains(RolloutState.Id, StringComparer.Ordinal) ?? false;
        if (level < 2 || !holds)
        {
            observer.On(new RunWarning(level < 2
                ? $"the checkpoint's level is {level}, which keeps no model state: restarting from lead time zero"
                : $"session {session.CommitId} holds no model state: restarting from lead time zero"));
        }

        return level >= 2 && holds;
    }
}
