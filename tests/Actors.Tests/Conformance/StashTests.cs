namespace Cairn.Actors.Tests.Conformance;

public sealed class StashTests : ConformanceTest
{
    /// <summary>Stashes numbers until it is opened.</summary>
    private IActorRef Gatekeeper(bool opensOnRestart = false)
    {
        var isOpen = false;
        return Create(new()
        {
            OnMessage = (self, m) =>
            {
                switch (m)
                {
                    case int when !isOpen:
                        self.Stash.Stash();
                        return true;
                    case "one":
                        isOpen = true;
                        self.Stash.Unstash();
                        return true;
                    case "open":
                        isOpen = true;
                        self.Stash.UnstashAll();
                        return true;
                    case "size":
                        return MessagingTests.TellTo(Probe.Ref, $"{self.Stash.Count} {self.Stash.IsEmpty} {self.Stash.NonEmpty}");
                    case Exception failure:
                        isOpen = opensOnRestart;
                        throw failure;
                    case "twice":
                        self.Stash.Stash();
                        self.Stash.Stash();
                        return true;
                    default:
                        Probe.Ref.Tell(m, self.Sender);
                        return true;
                }
            },
        });
    }

    [Fact]
    public async Task Stashed_messages_come_back_in_order_before_those_that_are_queued_with_their_senders()
    {
        using var gate = new ManualResetEventSlim();
        var actor = Gatekeeper();
        actor.Tell(1, Probe.Ref);
        actor.Tell(2);
        actor.Tell("size");
        await Probe.Expect("2 False True");
        actor.Tell("open");
        actor.Tell("after");
        Assert.Equal(new Probe.Received(1, Probe.Ref), await Probe.Next());
        await Probe.Expect(2, "after");
    }

    [Fact]
    public async Task Unstashing_one_brings_the_oldest_back()
    {
        var actor = Gatekeeper();
        actor.Tell(1);
        actor.Tell(2);
        actor.Tell("one");
        await Probe.Expect(1);
        actor.Tell("size");
        await Probe.Expect("1 False True");
    }

    [Fact]
    public async Task A_restart_puts_the_stash_back_before_the_queue()
    {
        var actor = Gatekeeper(opensOnRestart: true);
        actor.Tell(1);
        actor.Tell(2);
        actor.Tell(new TimeoutException());
        actor.Tell(3);
        await Probe.Expect(1, 2, 3);
        actor.Tell("size");
        await Probe.Expect("0 True False");
    }

    [Fact]
    public async Task What_is_stashed_when_the_actor_stops_is_a_dead_letter()
    {
        System.EventStream.Subscribe(Probe.Ref, typeof(DeadLetter));
        var actor = Gatekeeper();
        actor.Tell(1);
        actor.Tell(PoisonPill.Instance);
        Assert.Equal(1, (await Probe.Expect<DeadLetter>()).Message);
    }

    [Fact]
    public async Task A_message_cannot_be_stashed_twice()
    {
        System.EventStream.Subscribe(Probe.Ref, typeof(Error));
        var actor = Gatekeeper();
        actor.Tell("twice");
        Assert.IsType<IllegalActorStateException>((await Probe.Expect<Error>()).Cause);
    }

    [Fact]
    public async Task The_message_of_a_timer_can_be_stashed()
    {
        var isOpen = false;
        var actor = Create(new()
        {
            OnPreStart = self => self.Timers.StartSingleTimer("key", "tick", TimeSpan.Zero),
            OnMessage = (self, m) =>
            {
                if (m is "tick" && !isOpen)
                {
                    self.Stash.Stash();
                    return MessagingTests.TellTo(Probe.Ref, "stashed");
                }

                if (m is "open")
                {
                    isOpen = true;
                    self.Stash.UnstashAll();
                    return true;
                }

                return MessagingTests.TellTo(Probe.Ref, m);
            },
        });
        await Probe.Expect("stashed");
        actor.Tell("open");
        await Probe.Expect("tick");
    }
}
