using Cairn.Actors.Tests.Checkpointing.Schedules;

namespace Cairn.Actors.Tests.Checkpointing;

/// <summary>
/// Barrier, permits, lineage, retention and restart policy together, through schedules of messages delayed, lost, repeated and reordered,
/// and of ranks and gangs that die or come back. A failure names its seed; <see cref="Replayed"/> runs that one.
/// </summary>
public sealed class SeededScheduleTests
{
    private const int Replayed = 1;

    [Fact]
    public void Three_hundred_schedules_end_with_every_promise_kept() => Run(0, 300);

    [Fact]
    [Trait("Category", "Soak")]
    public void Ten_thousand_schedules_end_with_every_promise_kept() => Run(1_000, 10_000);

    [Fact]
    public void One_schedule_is_the_same_each_time()
    {
        var (one, other) = (Schedule.Run(Replayed), Schedule.Run(Replayed));

        Assert.Equal((one.Sessions, one.Gangs), (other.Sessions, other.Gangs));
    }

    private static void Run(int first, int count)
    {
        var (sessions, gangs, late) = (0, 0, 0);
        for (var seed = first; seed < first + count; seed++)
        {
            try
            {
                var schedule = Schedule.Run(seed);
                (sessions, gangs, late) = (sessions + schedule.Sessions, gangs + schedule.Gangs, late + schedule.Late);
            }
            catch (ScheduleViolation e)
            {
                Assert.Fail($"seed {seed}: {e.Message}");
            }
        }

        // Or the schedules would prove nothing.
        Assert.True(
            sessions > 2 * count && gangs > 2 * count && late > count / 10,
            $"{count} schedules saw only {sessions} sessions, {gangs} gangs, and {late} sessions of superseded ones");
    }
}
