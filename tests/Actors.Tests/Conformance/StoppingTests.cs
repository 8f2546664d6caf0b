namespace Cairn.Actors.Tests.Conformance;

public sealed class StoppingTests : ConformanceTest
{
    [Fact]
    public async Task A_poison_pill_waits_for_its_turn()
    {
        var actor = Create(new() { Journal = Probe.Ref, OnMessage = LifecycleTests.Steered });
        actor.Tell("count", Probe.Ref);
        actor.Tell("count", Probe.Ref);
        actor.Tell(PoisonPill.Instance);
        await Probe.Expect("pre-start", 1, 2, "post-stop");
    }

    [Fact]
    public async Task What_is_queued_behind_the_end_is_a_dead_letter()
    {
        using var gate = new ManualResetEventSlim();
        System.EventStream.Subscribe(Probe.Ref, typeof(DeadLetter));
        var actor = Create(new()
        {
            OnMessage = (self, _) =>
            {
                gate.Wait();
                self.Place.Stop(self.Self);
                return true;
            },
        });
        actor.Tell("handled");
        actor.Tell("queued", Probe.Ref);
        gate.Set();
        var letter = await Probe.Expect<DeadLetter>();
        Assert.Equal(("queued", Probe.Ref, actor), (letter.Message, letter.Sender, letter.Recipient));
        actor.Tell("late");
        Assert.Equal("late", (await Probe.Expect<DeadLetter>()).Message);
    }

    [Fact]
    public async Task A_graceful_stop_tells_when_the_actor_has_stopped()
    {
        var actor = Create(new() { Journal = Probe.Ref });
        Assert.True(await actor.GracefulStop(Probe.Patience));
        Assert.Equal(["pre-start", "post-stop"], await Probe.Drain());
        Assert.True(await actor.GracefulStop(Probe.Patience));
    }

    [Fact]
    public async Task A_graceful_stop_that_takes_too_long_is_false()
    {
        var actor = Create(new() { OnMessage = (_, _) => true });
        Assert.False(await actor.GracefulStop(TimeSpan.FromMilliseconds(30), "please"));
    }

    [Fact]
    public async Task A_graceful_stop_can_use_a_message_of_ones_own()
    {
        var actor = Create(new() { OnMessage = LifecycleTests.Steered });
        Assert.True(await actor.GracefulStop(Probe.Patience, "stop"));
    }

    [Fact]
    public async Task A_system_that_terminates_stops_all_actors_and_creates_none()
    {
        var system = ActorSystem.Create("short-lived");
        var stopped = 0;
        var script = new Script { OnPostStop = _ => Interlocked.Increment(ref stopped), OnMessage = SupervisionTests.Adopt };
        var parent = system.ActorOf(Scripted.Props(script));
        await parent.Ask<IActorRef>(script with { Name = "child" }, Probe.Patience);
        var code = new TaskCompletionSource<int>();
        system.RegisterOnTermination(() => code.SetResult(stopped));
        Assert.False(system.WhenTerminated.IsCompleted);
        await system.Terminate().WaitAsync(Probe.Patience);
        await system.WhenTerminated.WaitAsync(Probe.Patience);
        Assert.Equal((2, 2), (stopped, await code.Task));
        Assert.Throws<InvalidOperationException>(() => system.ActorOf(Scripted.Props(script)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-x")]
    [InlineData("a b")]
    public void A_system_needs_a_proper_name(string name) => Assert.Throws<ArgumentException>(() => ActorSystem.Create(name));
}
