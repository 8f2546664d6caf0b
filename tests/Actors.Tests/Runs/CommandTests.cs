using Cairn.Actors.Members;
using Cairn.Actors.Seed;
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
        await using var node = EmbeddedNode.For(spec);
        var paused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        var events = new Events(e =>
        {
            if (e is BoundaryReached { Boundary: 2 } && Interlocked.Exchange(ref asked, 1) == 0)
            {
                node.Registry.Tell(new PauseRun("small-1"), ActorRefs.NoSender);
            }
            else if (e is BatchPaused)
            {
                paused.TrySetResult();
            }
        });
        var running = node.RunAsync(spec, new RunOptions(), events, default);
        await paused.Task.WaitAsync(Patience);
        Assert.False(running.IsCompleted);

        var told = await node.Registry.Ask<RunTold>(new ResumeRun("small-1"), Patience);
        Assert.Equal("small-1", told.Id);
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
        await using var node = EmbeddedNode.For(spec);
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
        var result = await node.RunAsync(spec, new RunOptions(), events, stop.Token).WaitAsync(Patience);

        Assert.Equal(RunOutcome.Stopped, result.Outcome);
        Assert.InRange(committed, 2, 9_999_999);
    }

    [Fact]
    public async Task A_run_whose_registry_fails_ends_with_the_error()
    {
        var spec = _run.Spec("orphan", "ensemble.batch-size=4", "lead-times.count=10000000", "output.every=10000000",
            "output.lead-times-per-chunk=1", "checkpoint.flush-interval=none");
        await using var node = EmbeddedNode.For(spec);
        var asked = 0;
        var running = node.RunAsync(spec, new RunOptions(), new Events(e =>
        {
            if (e is BoundaryReached && Interlocked.Exchange(ref asked, 1) == 0)
            {
                var batch = new MemberRange(0, 3);
                node.Registry.Tell(
                    new BatchOfRunEnded("nobody", new BatchEnded(batch, 0, Completed: true, null)), ActorRefs.NoSender);
            }
        }), default);

        var error = await Assert.ThrowsAnyAsync<CairnException>(() => running.WaitAsync(Patience));

        Assert.Contains("registry", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_about_a_run_that_is_not_there_is_answered()
    {
        await using var node = new EmbeddedNode(1);

        var answer = await node.Registry.Ask<NoSuchRun>(new StopRun("nobody"), Patience);

        Assert.Equal("nobody", answer.Id);
    }

    public void Dispose() => _run.Dispose();
}
