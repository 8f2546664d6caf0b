using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Runs;

public sealed class RunPaceMeterTests
{
    [Fact]
    public void What_waited_for_a_registry_to_return_does_not_count_as_steps_taken_in_a_moment()
    {
        var meter = new RunPaceMeter();
        for (var i = 0; i < 40; i++)
            meter.Record(Progress(1000 * i), TimeSpan.FromMilliseconds(i));

        meter.Record(Progress(39_000 + 100), TimeSpan.FromSeconds(1.04));

        Assert.InRange(meter.Rate(TimeSpan.FromSeconds(1.1)), 90, 110);
    }

    private static BatchProgress Progress(long steps) => new("r", new MemberRange(0, 1), 0, TimeSpan.Zero, steps);
}
