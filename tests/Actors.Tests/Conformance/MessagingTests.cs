namespace Cairn.Actors.Tests.Conformance;

public sealed class MessagingTests : ConformanceTest
{
    [Fact]
    public async Task Messages_of_one_sender_arrive_in_order()
    {
        for (var i = 0; i < 10_000; i++)
        {
            Probe.Ref.Tell(i);
        }

        Assert.Equal(Enumerable.Range(0, 10_000).Cast<object>(), await Probe.Drain());
    }

    [Fact]
    public async Task The_sender_of_a_message_from_outside_is_the_dead_letter_office()
    {
        Probe.Ref.Tell("from nobody");
        Assert.Equal(System.DeadLetters, (await Probe.Next()).Sender);
    }

    [Fact]
    public async Task An_actor_is_the_sender_of_what_it_tells()
    {
        var actor = Create(new() { OnMessage = (_, m) => TellTo(Probe.Ref, m) });
        actor.Tell("hello");
        Assert.Equal(actor, (await Probe.Next()).Sender);
    }

    [Fact]
    public async Task Forwarding_keeps_the_sender()
    {
        var other = new Probe(System);
        var middle = Create(new()
        {
            OnMessage = (_, m) =>
            {
                Probe.Ref.Forward(m);
                return true;
            },
        });
        middle.Tell("hello", other.Ref);
        Assert.Equal(other.Ref, (await Probe.Next()).Sender);
    }

    [Fact]
    public async Task A_message_is_never_null()
    {
        Probe.Ref.Tell("it runs");
        await Probe.Expect("it runs");
        Assert.Throws<ArgumentNullException>(() => Probe.Ref.Tell(null!));
    }

    [Fact]
    public async Task An_actor_handles_one_message_at_a_time()
    {
        var inside = 0;
        var most = 0;
        var actor = Create(new()
        {
            OnMessage = (_, m) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref inside));
                Interlocked.Decrement(ref inside);
                return m is not "last" || TellTo(Probe.Ref, most);
            },
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                actor.Tell(i);
            }
        })));
        actor.Tell("last");
        await Probe.Expect(1);
    }

    [Fact]
    public async Task A_message_that_no_behaviour_takes_is_published_as_unhandled()
    {
        System.EventStream.Subscribe(Probe.Ref, typeof(UnhandledMessage));
        var actor = Create(new());
        actor.Tell("what?", Probe.Ref);
        var unhandled = await Probe.Expect<UnhandledMessage>();
        Assert.Equal(("what?", Probe.Ref, actor), (unhandled.Message, unhandled.Sender, unhandled.Recipient));
    }

    [Fact]
    public async Task What_dead_letters_are_told_is_published()
    {
        System.EventStream.Subscribe(Probe.Ref, typeof(DeadLetter));
        System.DeadLetters.Tell("lost", Probe.Ref);
        var letter = await Probe.Expect<DeadLetter>();
        Assert.Equal(("lost", Probe.Ref, System.DeadLetters), (letter.Message, letter.Sender, letter.Recipient));
    }

    [Fact]
    public async Task Nobody_drops_what_it_is_told()
    {
        System.EventStream.Subscribe(Probe.Ref, typeof(DeadLetter));
        ActorRefs.Nobody.Tell("lost");
        Assert.Empty(await Probe.Drain());
        Assert.Null(ActorRefs.NoSender);
    }

    internal static bool TellTo(IActorRef whom, object what)
    {
        whom.Tell(what);
        return true;
    }
}
