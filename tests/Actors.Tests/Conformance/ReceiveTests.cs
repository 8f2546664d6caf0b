namespace Cairn.Actors.Tests.Conformance;

public sealed class ReceiveTests : ConformanceTest
{
    [Fact]
    public async Task The_first_handler_that_fits_takes_the_message()
    {
        var actor = System.ActorOf<Sorting>();
        foreach (var message in new object[] { 5, 50, "text", "-", 2.5 })
        {
            actor.Tell(message, Probe.Ref);
        }

        await Probe.Expect("small", "number", "text", "dash declined", "any 2.5");
    }

    [Fact]
    public async Task Handlers_are_named_in_the_constructor_only()
    {
        var actor = System.ActorOf<Latecomer>();
        actor.Tell("name one", Probe.Ref);
        await Probe.Expect<InvalidOperationException>();
    }

    [Fact]
    public async Task No_handler_can_follow_the_one_for_everything()
    {
        System.EventStream.Subscribe(Probe.Ref, typeof(Error));
        System.ActorOf<Unreachable>();
        var error = await Probe.Expect<Error>();
        Assert.IsType<InvalidOperationException>(error.Cause!.GetBaseException());
    }

    [Fact]
    public async Task Becoming_replaces_all_but_the_first_handlers_and_stacking_keeps_them_below()
    {
        var actor = System.ActorOf<Moody>();
        foreach (var message in new[] { "?", "stack", "?", "replace", "?", "unstack", "?", "replace", "?", "unstack", "?", "unstack", "?" })
        {
            actor.Tell(message, Probe.Ref);
        }

        await Probe.Expect("first", "stacked", "replaced", "first", "replaced", "first", "first");
    }

    [Fact]
    public async Task A_restart_goes_back_to_the_first_behaviour()
    {
        var actor = System.ActorOf<Moody>();
        foreach (var message in new[] { "stack", "?", "fail", "?" })
        {
            actor.Tell(message, Probe.Ref);
        }

        await Probe.Expect("stacked", "first");
    }

    [Fact]
    public async Task An_untyped_actor_can_become_another_as_well()
    {
        var actor = Create(new()
        {
            OnMessage = (self, m) =>
            {
                self.Place.BecomeStacked((UntypedReceive)(message => Probe.Ref.Tell($"stacked {message}")));
                return MessagingTests.TellTo(Probe.Ref, $"first {m}");
            },
        });
        actor.Tell(1);
        actor.Tell(2);
        await Probe.Expect("first 1", "stacked 2");
    }

    private sealed class Sorting : ReceiveActor
    {
        public Sorting()
        {
            Receive<int>(_ => Sender.Tell("small"), n => n < 10);
            Receive<int>(_ => Sender.Tell("number"));
            Receive<string>(s =>
            {
                if (s == "-")
                {
                    Sender.Tell("dash declined");
                }

                return s == "-";
            });
            Receive<string>(s => s.Length > 0, s => Sender.Tell(s));
            ReceiveAny(m => Sender.Tell(FormattableString.Invariant($"any {m}")));
        }
    }

    private sealed class Latecomer : ReceiveActor
    {
        public Latecomer() => Receive<string>(_ =>
        {
            try
            {
                Receive<int>(_ => { });
            }
            catch (InvalidOperationException e)
            {
                Sender.Tell(e);
            }
        });
    }

    private sealed class Unreachable : ReceiveActor
    {
        public Unreachable()
        {
            ReceiveAny(_ => { });
            Receive<int>(_ => { });
        }
    }

    private sealed class Moody : ReceiveActor
    {
        public Moody()
        {
            Receive<string>(s => s == "fail", _ => throw new InvalidOperationException("asked to"));
            Common("first");
        }

        private void Common(string mood)
        {
            Receive<string>(s => s == "?", _ => Sender.Tell(mood));
            Receive<string>(s => s == "stack", _ => BecomeStacked(() =>
            {
                Receive<string>(s => s == "fail", _ => throw new InvalidOperationException("asked to"));
                Common("stacked");
            }));
            Receive<string>(s => s == "replace", _ => Become(() => Common("replaced")));
            Receive<string>(s => s == "unstack", _ => UnbecomeStacked());
        }
    }
}
