using Cairn.Cli.Run;
using Cairn.Engine.Rollouts;

namespace Cairn.Cli.Tests.Run;

public sealed class RunProgressTests
{
    private static readonly BoundarySchedule Schedule = new(TimeSpan.FromHours(6), 9, 2);
    private readonly StandInClock _clock = new();

    [Fact]
    public void Rate_share_and_time_left_follow_from_what_this_process_did()
    {
        var progress = new RunProgress(_clock);
        progress.On(new RunStarted([new(0, 1), new(2, 3)], false, Schedule));
        progress.On(new BatchStarted(1, -1, TimeSpan.Zero, null) { Batch = new(0, 1) });
        progress.On(new BatchStarted(1, 4, TimeSpan.FromHours(24), "commit") { Batch = new(2, 3) });
        Assert.Null(progress.Figures().Left);

        _clock.Now += 10;
        progress.On(new BoundaryReached(4, TimeSpan.FromHours(24), 8) { Batch = new(0, 1) });
        var view = progress.View();
        Assert.Equal(0.5, view.Figures.Done);
        Assert.Equal(0.8, view.Figures.StepsPerSecond, 6);
        Assert.Equal(TimeSpan.FromSeconds(20), view.Figures.Left);
        Assert.Equal(TimeSpan.FromHours(24), view.Batches[1].Session);
    }

    [Fact]
    public void The_end_of_each_batch_shows()
    {
        var progress = new RunProgress(_clock);
        progress.On(new RunStarted([new(0, 0), new(1, 1), new(2, 2), new(3, 3)], false, Schedule));
        progress.On(new BatchCompleted(18) { Batch = new(0, 0) });
        progress.On(new BatchStopped(3, TimeSpan.FromHours(18), 6) { Batch = new(1, 1) });
        progress.On(new BatchFailed("no") { Batch = new(2, 2) });

        Assert.Equal(["done", "stopped", "failed", "waiting"], progress.View().Batches.Select(b => b.State));
        Assert.Equal(9, progress.View().Batches[0].Boundary);
    }

    private sealed class StandInClock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Now;
    }
}
