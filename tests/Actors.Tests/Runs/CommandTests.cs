using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Runs;

public sealed class CommandTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly SmallRun _run = new();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_run_that_was_paused_waits_at_a_boundary_and_goes_on_to_the_same_bytes(int ranks)
    {
        // Long enough that a gang of one, which nothing holds back, cannot be at its end before it hears of the pause.
        string[] length = ["lead-times.count=400", "output.every=100", "output.lead-times-per-chunk=1", "checkpoint.flush-interval=100"];
        var calm = await _run.CalmAsync(length);
        var spec = _run.Spec("paused", [$"ranks.count={ranks}", "ensemble.batch-size=4", .. length]);
        LocalRun node = null!;
        var paused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        var events = new Events(e =>
        {
            if (e is BoundaryReached { Boundary: 2 } && Interlocked.Exchange(ref asked, 1) == 0)
                node.Registry.Tell(new PauseRun("small-1"), ActorRefs.NoSender);
            else if (e is BatchPaused)
                paused.TrySetResult();
        });
        await using var held = node = new LocalRun(spec, new RunOptions(), events);
        var running = node.RunAsync(default);
        await paused.Task.WaitAsync(Patience);
        Assert.False(running.IsCompleted);

        var accepted = await node.Registry.Ask<CommandAccepted>(new ResumeRun("small-1"), Patience);
        Assert.Equal("small-1", accepted.Id);
        var result = await running.WaitAsync(Patience);
        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(SmallRun.Digests(calm), SmallRun.Digests(spec));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_run_commits_when_it_is_asked_to(int ranks)
    {
        // It would go on for hours: the session that was asked for is what lets the test go on.
        var spec = _run.Spec(
            "commits", $"ranks.count={ranks}", "ensemble.batch-size=4", "checkpoint.flush-interval=none", "lead-times.count=10000000",
            "output.every=10000000", "output.lead-times-per-chunk=1");
        LocalRun node = null!;
        using var stop = new CancellationTokenSource();
        var (asked, committed) = (0, -1);
        var events = new Events(e =>
        {
            if (e is BoundaryReached { Boundary: 2 } && Interlocked.Exchange(ref asked, 1) == 0)
            {
                node.Registry.Tell(new CommitRun("small-1"), ActorRefs.NoSender);
            }
            else if (e is SessionCommitted { Boundary: var boundary } && committed < 0)
            {
                committed = boundary;
                stop.Cancel();
            }
        });
        await using var held = node = new LocalRun(spec, new RunOptions(), events);
        var result = await node.RunAsync(stop.Token).WaitAsync(Patience);

        Assert.Equal(RunOutcome.Stopped, result.Outcome);
        Assert.InRange(committed, 2, 9_999_999);
    }

    [Fact]
    public async Task A_run_whose_registry_fails_goes_on_and_ends_with_the_same_bytes()
    {
        string[] length = ["lead-times.count=400", "output.every=100", "output.lead-times-per-chunk=1", "checkpoint.flush-interval=100"];
        var calm = await _run.CalmAsync(length);
        var spec = _run.Spec("orphan", length);
        LocalRun node = null!;
        var asked = 0;
        await using var held = node = new LocalRun(spec, new RunOptions(), new Events(e =>
        {
            if (e is BoundaryReached && Interlocked.Exchange(ref asked, 1) == 0)
                node.System.ActorSelection("/user/runs/registry").Tell(Kill.Instance, ActorRefs.NoSender);
        }));
        var result = await node.RunAsync(default).WaitAsync(Patience);

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(SmallRun.Digests(calm), SmallRun.Digests(spec));
    }

    [Fact]
    public async Task A_node_that_fails_comes_again_and_the_run_ends_with_the_same_bytes()
    {
        string[] length = ["lead-times.count=400", "output.every=100", "output.lead-times-per-chunk=1", "checkpoint.flush-interval=100"];
        var calm = await _run.CalmAsync(length);
        var spec = _run.Spec("lost", length);
        LocalRun node = null!;
        var asked = 0;
        await using var held = node = new LocalRun(spec, new RunOptions(), new Events(e =>
        {
            if (e is SessionCommitted && Interlocked.Exchange(ref asked, 1) == 0)
                node.System.ActorSelection("/user/node/supervisor").Tell(Kill.Instance, ActorRefs.NoSender);
        }));
        var result = await node.RunAsync(default).WaitAsync(Patience);

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(SmallRun.Digests(calm), SmallRun.Digests(spec));
    }

    public void Dispose() => _run.Dispose();
}
