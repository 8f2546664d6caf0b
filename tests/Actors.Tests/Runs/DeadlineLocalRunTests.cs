using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Runs;

/// <summary>What a run on this machine tells of its deadline.</summary>
public sealed class DeadlineLocalRunTests : IDisposable
{
    private const string Past = "deadline.at=\"2026-01-30T06:15:00Z\"";
    private readonly SmallRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_run_that_goes_on_after_its_deadline_warns_that_it_is_missed_and_ends_with_the_same_bytes()
    {
        var calm = await _run.CalmAsync();
        var refused = await Assert.ThrowsAsync<SpecException>(() => SmallRun.RunAsync(_run.Spec("late", Past)));
        Assert.Contains("deadline.at", refused.Message, StringComparison.Ordinal);

        await SmallRun.RunAsync(_run.Spec("late", "lead-times.count=8"));
        var spec = _run.Spec("late", Past);
        var (result, events) = await SmallRun.RunAsync(spec);

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(SmallRun.Digests(calm), SmallRun.Digests(spec));
        var warning = Assert.Single(events.Of<RunWarning>()).Text;
        Assert.Contains("the deadline of 2026-01-30 06:15:00Z is missed", warning, StringComparison.Ordinal);
    }
}
