namespace Cairn.Actors.Tests.Conformance;

public sealed class WatchTests : ConformanceTest
{
    private sealed record Watching(IActorRef Subject, object? Instead = null);

    private sealed record Unwatching(IActorRef Subject);

    /// <summary>A notice that is passed on: on its own, it would mean nothing to an actor that watches nobody.</summary>
    private sealed record Heard(Terminated Notice);

    /// <summary>Tells the probe what it hears of those it watches.</summary>
    private IActorRef Watcher() => Create(new()
    {
        OnMessage = (self, m) => m switch
        {
            Watching { Instead: { } instead } w => Did(self.Place.WatchWith(w.Subject, instead)),
            Watching w => Did(self.Place.Watch(w.Subject)),
            Unwatching u => Did(self.Place.Unwatch(u.Subject)),
            Terminated t => MessagingTests.TellTo(Probe.Ref, new Heard(t)),
            _ => MessagingTests.TellTo(Probe.Ref, m),
        },
    });

    private static bool Did(IActorRef subject) => subject is not null;

    private IActorRef Mortal() => Create(new() { OnMessage = LifecycleTests.Steered });

    [Fact]
    public async Task A_watcher_is_told_once_when_the_watched_actor_stops()
    {
        var (watcher, subject) = (Watcher(), Mortal());
        watcher.Tell(new Watching(subject));
        watcher.Tell(new Watching(subject));
        watcher.Tell("ready");
        await Probe.Expect("ready");
        subject.Tell(PoisonPill.Instance);
        Assert.Equal(subject, (await Probe.Expect<Heard>()).Notice.ActorRef);
        watcher.Tell("after");
        await Probe.Expect("after");
    }

    [Fact]
    public async Task Who_watches_an_actor_that_has_stopped_is_told_at_once()
    {
        var subject = Mortal();
        Assert.True(await subject.GracefulStop(Probe.Patience));
        Watcher().Tell(new Watching(subject));
        var stopped = (await Probe.Expect<Heard>()).Notice;
        Assert.Equal((subject, false), (stopped.ActorRef, stopped.ExistenceConfirmed));
    }

    [Fact]
    public async Task A_watcher_can_choose_its_message()
    {
        var (watcher, subject) = (Watcher(), Mortal());
        watcher.Tell(new Watching(subject, "gone"));
        watcher.Tell("ready");
        await Probe.Expect("ready");
        System.Stop(subject);
        await Probe.Expect("gone");
    }

    [Fact]
    public async Task A_restart_is_no_stop()
    {
        var (watcher, subject) = (Watcher(), Mortal());
        watcher.Tell(new Watching(subject, "gone"));
        watcher.Tell("ready");
        await Probe.Expect("ready");
        subject.Tell(new TimeoutException());
        subject.Tell("count", Probe.Ref);
        await Probe.Expect(1);
        watcher.Tell("still");
        await Probe.Expect("still");
    }

    [Fact]
    public async Task Who_no_longer_watches_hears_nothing_not_even_what_is_queued_already()
    {
        using var gate = new ManualResetEventSlim();
        var (other, subject) = (Watcher(), Mortal());
        var watcher = Create(new()
        {
            OnMessage = (self, m) =>
            {
                switch (m)
                {
                    case "block":
                        self.Place.WatchWith(subject, "gone as well");
                        Probe.Ref.Tell("blocked");
                        gate.Wait();
                        return true;
                    case "unwatch":
                        return Did(self.Place.Unwatch(subject));
                    default:
                        return MessagingTests.TellTo(Probe.Ref, m);
                }
            },
        });
        watcher.Tell("block");
        await Probe.Expect("blocked");

        // The notice gets into the queue behind this order, since the watcher is busy when it arrives.
        watcher.Tell("unwatch");
        other.Tell(new Watching(subject, "gone"));
        other.Tell("ready");
        await Probe.Expect("ready");
        subject.Tell(PoisonPill.Instance);
        await Probe.Expect("gone");
        gate.Set();
        watcher.Tell("after");
        await Probe.Expect("after");

        // The notice was queued before "unwatch" was handled, so whatever comes of it has come by now.
        watcher.Tell("after all");
        await Probe.Expect("after all");
    }

    [Fact]
    public async Task Who_watches_and_does_not_handle_the_end_dies_along()
    {
        var subject = Mortal();
        var parent = Create(new() { OnMessage = SupervisionTests.Adopt });
        var bound = await parent.Ask<IActorRef>(
            new Script { Name = "bound", Journal = Probe.Ref, OnPreStart = self => self.Place.Watch(subject) }, Probe.Patience);
        await Probe.Expect("bound pre-start");
        System.EventStream.Subscribe(Probe.Ref, typeof(Error));
        System.Stop(subject);
        Assert.Equal(subject, Assert.IsType<DeathPactException>((await Probe.Expect<Error>()).Cause).DeadActor);
        await Probe.Expect("bound post-stop");
        Assert.Equal("bound", bound.Path.Name);
    }

    [Fact]
    public async Task A_parent_can_watch_its_child_and_create_another_of_that_name_then()
    {
        var parent = Create(new()
        {
            Strategy = SupervisorStrategy.StoppingStrategy,
            OnPreStart = self => self.Place.Watch(self.Add(new() { OnMessage = LifecycleTests.Steered }, "child")),
            OnMessage = (self, m) => m switch
            {
                Terminated t => MessagingTests.TellTo(Probe.Ref, $"{t.ActorRef.Path.Name} {self.Add(new(), "child").Path.Name}"),
                Exception e => MessagingTests.TellTo(self.Place.Child("child"), e),
                _ => false,
            },
        });
        parent.Tell(new TimeoutException());
        await Probe.Expect("child child");
    }
}
