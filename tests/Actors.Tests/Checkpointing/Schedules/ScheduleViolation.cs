namespace Cairn.Actors.Tests.Checkpointing.Schedules;

/// <summary>Something happened in a schedule that must never happen.</summary>
internal sealed class ScheduleViolation(string message) : Exception(message)
{
    public static void Unless(bool holds, FormattableString otherwise)
    {
        if (!holds)
            throw new ScheduleViolation(FormattableString.Invariant(otherwise));
    }
}
