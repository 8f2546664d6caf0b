using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Runs;

/// <summary>A wall clock that jumps, as one does that is set by hand or by a server of time, decides nothing.</summary>
public sealed class ClockTests : IDisposable
{
    private readonly SmallRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData(-400)]
    [InlineData(400)]
    public async Task A_clock_that_jumps_by_days_while_a_run_goes_on_and_between_its_starts_changes_no_byte(int days)
    {
        var calm = await _run.CalmAsync();
        var clock = new JumpingClock(TimeSpan.FromDays(days));
        var options = new RunOptions { Time = clock };
        await LocalRun.RunAsync(_run.Spec("jumps", "lead-times.count=8"), options, new Events(), CancellationToken.None);

        var spec = _run.Spec("jumps");
        var events = new Events();
        var result = await LocalRun.RunAsync(spec, options, events, CancellationToken.None);

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(SmallRun.Digests(calm), SmallRun.Digests(spec));
        Assert.Equal([8, 8], events.Of<BatchStarted>().Select(e => e.Boundary));
        Assert.Empty(events.Of<RunWarning>());
    }

    /// <summary>Jumps at every look; what it measures goes on evenly.</summary>
    private sealed class JumpingClock(TimeSpan jump) : TimeProvider
    {
        private long _looks;

        public override DateTimeOffset GetUtcNow() =>
            base.GetUtcNow() + (Interlocked.Increment(ref _looks) % 2 == 0 ? jump : TimeSpan.Zero);
    }
}
