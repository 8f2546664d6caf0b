namespace Cairn.Actors.Tests.Conformance;

public sealed class TimerTests : ConformanceTest
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(15);

    private sealed record Do(Action<Scripted> What);

    /// <summary>Does what it is told, and passes everything else on to the probe.</summary>
    private IActorRef Actor(Script? script = null) => Create((script ?? new()) with
    {
        OnMessage = (self, m) =>
        {
            switch (m)
            {
                case Do order:
                    order.What(self);
                    return true;
                case Exception failure:
                    throw failure;
                default:
                    return MessagingTests.TellTo(Probe.Ref, m);
            }
        },
    });

    [Fact]
    public async Task A_single_timer_is_heard_once()
    {
        var actor = Actor();
        actor.Tell(new Do(self => self.Timers.StartSingleTimer("key", "tick", Soon)));
        actor.Tell(new Do(self => Probe.Ref.Tell(self.Timers.IsTimerActive("key"))));
        await Probe.Expect(true, "tick");
        actor.Tell(new Do(self => Probe.Ref.Tell(self.Timers.IsTimerActive("key"))));
        await Probe.Expect(false);
    }

    [Fact]
    public async Task A_periodic_timer_is_heard_until_it_is_cancelled()
    {
        var actor = Actor();
        actor.Tell(new Do(self => self.Timers.StartPeriodicTimer("key", "tick", TimeSpan.Zero, Soon)));
        await Probe.Expect("tick", "tick", "tick");
        actor.Tell(new Do(self =>
        {
            self.Timers.Cancel("key");
            Probe.Ref.Tell("cancelled");
        }));
        while (await Probe.Expect<string>() != "cancelled")
        {
            // Ticks that were due before.
        }

        actor.Tell("after");
        await Probe.Expect("after");
    }

    [Fact]
    public async Task A_timer_that_is_started_again_replaces_the_old_one()
    {
        var actor = Actor();
        actor.Tell(new Do(self =>
        {
            self.Timers.StartSingleTimer("key", "old", TimeSpan.Zero);
            self.Timers.StartSingleTimer("other", "other", TimeSpan.FromMilliseconds(100));

            // The old message is queued by now, or nearly; it must not be heard in either case.
            self.Timers.StartSingleTimer("key", "new", Soon);
        }));
        await Probe.Expect("new", "other");
    }

    [Fact]
    public async Task A_timer_that_is_cancelled_while_its_message_is_queued_is_not_heard()
    {
        var actor = Actor();
        var clock = new Probe(System);
        actor.Tell(new Do(self =>
        {
            self.Timers.StartSingleTimer("key", "tick", TimeSpan.Zero);
            self.Place.System.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(100), clock.Ref, "passed", ActorRefs.NoSender);
            clock.Expect("passed").Wait(Probe.Patience);
            self.Timers.CancelAll();
        }));
        actor.Tell("after");
        await Probe.Expect("after");
    }

    [Fact]
    public async Task A_restart_cancels_the_timers()
    {
        var actor = Actor(new() { OnPostRestart = (self, _) => Probe.Ref.Tell(self.Timers.ActiveTimers.Count) });
        actor.Tell(new Do(self =>
        {
            self.Timers.StartPeriodicTimer("key", "tick", TimeSpan.Zero, Soon);
            Probe.Ref.Tell(string.Join(",", self.Timers.ActiveTimers));
        }));
        await Probe.Expect("key");
        actor.Tell(new TimeoutException());
        while ((await Probe.Next()).Message is "tick")
        {
            // Ticks that were due before.
        }

        System.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(100), Probe.Ref, "later", ActorRefs.NoSender);
        await Probe.Expect("later");
    }

    [Fact]
    public async Task A_timer_can_be_started_in_the_constructor_and_can_carry_a_poison_pill()
    {
        Create(new()
        {
            Journal = Probe.Ref,
            OnConstruct = self => self.Timers.StartSingleTimer("end", PoisonPill.Instance, Soon),
        });
        await Probe.Expect("pre-start", "post-stop");
    }

    [Fact]
    public async Task The_scheduler_tells_once_or_repeatedly_until_it_is_cancelled()
    {
        System.Scheduler.ScheduleTellOnce(Soon, Probe.Ref, "once", Probe.Ref);
        Assert.Equal(new Probe.Received("once", Probe.Ref), await Probe.Next());
        var repeated = System.Scheduler.ScheduleTellRepeatedlyCancelable(TimeSpan.Zero, Soon, Probe.Ref, "again", ActorRefs.NoSender);
        await Probe.Expect("again", "again", "again");
        repeated.Cancel();
        Assert.True(repeated.IsCancellationRequested);
        await Probe.Drain();
        var never = System.Scheduler.ScheduleTellOnceCancelable(TimeSpan.FromMilliseconds(30), Probe.Ref, "never", ActorRefs.NoSender);
        never.Cancel();
        using var uncancelled = new Cancelable(System.Scheduler);
        System.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(90), Probe.Ref, "later", ActorRefs.NoSender, uncancelled);
        var heard = new List<object>();
        while (heard.LastOrDefault() is not "later")
        {
            heard.Add((await Probe.Next()).Message);
        }

        Assert.DoesNotContain("never", heard);
    }

    [Fact]
    public void A_delay_is_never_negative_and_an_interval_is_positive()
    {
        var scheduler = System.Scheduler;
        Assert.Throws<ArgumentOutOfRangeException>(
            () => scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(-1), Probe.Ref, "x", ActorRefs.NoSender));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => scheduler.ScheduleTellRepeatedly(TimeSpan.Zero, TimeSpan.Zero, Probe.Ref, "x", ActorRefs.NoSender));
    }

    [Fact]
    public async Task A_receive_timeout_is_heard_when_no_message_comes()
    {
        var actor = Actor();
        actor.Tell(new Do(self => self.Place.SetReceiveTimeout(Soon)));
        Assert.Same(ReceiveTimeout.Instance, (await Probe.Next()).Message);
        Assert.Same(ReceiveTimeout.Instance, (await Probe.Next()).Message);
        actor.Tell(new Do(self => self.Place.SetReceiveTimeout(null)));
        actor.Tell("over");
        while ((await Probe.Next()).Message is not "over")
        {
            // Timeouts that were due before.
        }
    }

    [Fact]
    public async Task A_message_that_does_not_count_leaves_the_receive_timeout_alone()
    {
        var actor = Actor();
        actor.Tell(new Do(self => self.Place.SetReceiveTimeout(TimeSpan.FromMilliseconds(150))));
        var noise = System.Scheduler.ScheduleTellRepeatedlyCancelable(
            TimeSpan.Zero, TimeSpan.FromMilliseconds(10), actor, new Noise(), ActorRefs.NoSender);
        while ((await Probe.Next()).Message is Noise)
        {
            // Noise goes on far longer than the timeout, which is heard nevertheless.
        }

        noise.Cancel();
    }

    private sealed record Noise : INotInfluenceReceiveTimeout;
}
