using Cairn.Actors.Tests.Conformance;

namespace Cairn.Actors.Tests.Kernel;

/// <summary>What depends on time, to the millisecond: on a clock that the test moves.</summary>
public sealed class VirtualTimeTests : IAsyncLifetime
{
    private readonly VirtualTime _clock = new();
    private readonly ActorSystem _system;
    private readonly Probe _probe;

    public VirtualTimeTests()
    {
        _system = ActorSystem.Create("virtual", _clock);
        _probe = new Probe(_system);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system.Terminate().WaitAsync(Probe.Patience);

    private async Task<IReadOnlyList<object>> After(double milliseconds)
    {
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        return await _probe.Drain();
    }

    [Fact]
    public async Task A_message_is_told_when_it_is_due_and_not_before()
    {
        _system.Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(10), _probe.Ref, "due", ActorRefs.NoSender);
        Assert.Empty(await After(9_999));
        Assert.Equal(["due"], await After(1));
        Assert.Empty(await After(100_000));
        Assert.Equal(0, _clock.Waiting);
    }

    [Fact]
    public async Task A_repeated_message_is_told_at_every_interval_until_it_is_cancelled()
    {
        var (first, every) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        var cancelable = _system.Scheduler.ScheduleTellRepeatedlyCancelable(first, every, _probe.Ref, "tick", ActorRefs.NoSender);
        Assert.Equal(["tick"], await After(1_000));
        Assert.Equal(["tick", "tick", "tick"], await After(30_000));
        cancelable.Cancel();
        Assert.Empty(await After(100_000));
        Assert.Equal(0, _clock.Waiting);
    }

    [Fact]
    public async Task What_was_cancelled_before_it_was_scheduled_is_never_told()
    {
        using var cancelable = new Cancelable(_system.Scheduler, TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.True(cancelable.IsCancellationRequested);
        _system.Scheduler.ScheduleTellOnce(TimeSpan.Zero, _probe.Ref, "never", ActorRefs.NoSender, cancelable);
        Assert.Empty(await After(1_000));
    }

    [Fact]
    public async Task A_receive_timeout_counts_from_the_last_message_that_counts()
    {
        var actor = _system.ActorOf(Scripted.Props(new()
        {
            OnPreStart = self => self.Place.SetReceiveTimeout(TimeSpan.FromSeconds(10)),
            OnMessage = (_, m) => MessagingTests.TellTo(_probe.Ref, m),
        }));
        actor.Tell("a");
        await _probe.Expect("a");
        Assert.Equal(["b"], await Tell(9_000, "b"));
        Assert.Equal(["c"], await Tell(9_000, "c"));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Same(ReceiveTimeout.Instance, (await _probe.Next()).Message);

        async Task<IReadOnlyList<object>> Tell(double after, string message)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(after));
            var heard = await _probe.Drain();
            actor.Tell(message);
            return [.. heard, (await _probe.Next()).Message];
        }
    }

    [Fact]
    public async Task A_window_of_restarts_closes_after_its_length()
    {
        var parent = _system.ActorOf(Scripted.Props(new()
        {
            Strategy = new OneForOneStrategy(1, TimeSpan.FromMinutes(1), _ => Directive.Restart),
            OnMessage = SupervisionTests.Adopt,
        }));
        var child = await parent.Ask<IActorRef>(
            new Script { Name = "a", Journal = _probe.Ref, OnMessage = LifecycleTests.Steered }, Probe.Patience);
        await _probe.Expect("a pre-start");
        for (var hour = 0; hour < 3; hour++)
        {
            await Fail();
            await _probe.Expect("a post-stop", "a post-restart", "a pre-start");
            _clock.Advance(TimeSpan.FromSeconds(61));
        }

        await Fail();
        await _probe.Expect("a post-stop", "a post-restart", "a pre-start");
        _clock.Advance(TimeSpan.FromSeconds(59));
        child.Tell(new TimeoutException());
        await _probe.Expect("a post-stop");
        Assert.Empty(await _probe.Drain());

        async Task Fail()
        {
            child.Tell(new TimeoutException());
            Assert.StartsWith("a pre-restart", await _probe.Expect<string>(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_question_times_out_on_the_clock_of_its_system()
    {
        var silent = _system.ActorOf(Scripted.Props(new() { OnMessage = (_, _) => true }));
        var answer = silent.Ask<int>("?", TimeSpan.FromHours(1));
        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.False(answer.IsCompleted);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<AskTimeoutException>(() => answer);
    }

    [Fact]
    public async Task Nothing_is_told_after_the_system_has_terminated()
    {
        var clock = new VirtualTime();
        var system = ActorSystem.Create("ended", clock);
        system.Scheduler.ScheduleTellRepeatedly(TimeSpan.Zero, TimeSpan.FromSeconds(1), _probe.Ref, "tick", ActorRefs.NoSender);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["tick", "tick"], await _probe.Drain());
        await system.Terminate().WaitAsync(Probe.Patience);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(await _probe.Drain());
        Assert.Equal(0, clock.Waiting);
    }
}
