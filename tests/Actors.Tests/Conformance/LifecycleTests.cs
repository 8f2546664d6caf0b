namespace Cairn.Actors.Tests.Conformance;

public sealed class LifecycleTests : ConformanceTest
{
    private Script Journaled(string name) => new() { Journal = Probe.Ref, Name = name, OnMessage = Steered };

    /// <summary>Fails, stops, creates a child or answers, as it is told.</summary>
    internal static bool Steered(Scripted self, object message)
    {
        switch (message)
        {
            case Exception failure:
                throw failure;
            case "stop":
                self.Place.Stop(self.Self);
                return true;
            case Script child:
                self.Add(child, child.Name);
                return true;
            case "count":
                self.Sender.Tell(++self.Count);
                return true;
            default:
                return false;
        }
    }

    [Fact]
    public async Task Hooks_run_in_order_and_a_restart_keeps_the_queue()
    {
        var actor = Create(Journaled("a"));
        actor.Tell("count", Probe.Ref);
        actor.Tell(new TimeoutException("bad message"));
        actor.Tell("count", Probe.Ref);
        actor.Tell("stop");
        await Probe.Expect("a pre-start", 1);
        Assert.StartsWith("a pre-restart System.TimeoutException: bad message", await Probe.Expect<string>(), StringComparison.Ordinal);
        await Probe.Expect("a post-stop", "a post-restart", "a pre-start", 1, "a post-stop");
    }

    [Fact]
    public async Task A_restart_stops_the_children()
    {
        var actor = Create(Journaled("parent") with { Journal = null });
        actor.Tell(Journaled("child"));
        await Probe.Expect("child pre-start");
        actor.Tell(new TimeoutException());
        await Probe.Expect("child post-stop");
        actor.Tell(Journaled("child"));
        await Probe.Expect("child pre-start");
    }

    [Fact]
    public async Task Children_that_PreRestart_lets_live_are_restarted_along()
    {
        var actor = Create(Journaled("parent") with { OnPreRestart = (_, _, _) => { } });
        actor.Tell(Journaled("child"));
        await Probe.Expect("parent pre-start", "child pre-start");
        actor.Tell(new TimeoutException("x"));
        Assert.StartsWith("parent pre-restart", await Probe.Expect<string>(), StringComparison.Ordinal);
        await Probe.Expect("parent post-restart", "parent pre-start");
        await Probe.Expect("child pre-restart ", "child post-stop", "child post-restart", "child pre-start");
    }

    [Fact]
    public async Task Children_stop_before_their_parents()
    {
        var parent = Create(Journaled("parent"));
        parent.Tell(Journaled("child") with { OnPreStart = self => self.Add(Journaled("grandchild")) });
        await Probe.Expect("parent pre-start", "child pre-start", "grandchild pre-start");
        System.Stop(parent);
        await Probe.Expect("grandchild post-stop", "child post-stop", "parent post-stop");
    }

    [Fact]
    public async Task An_actor_whose_constructor_throws_is_stopped()
    {
        System.EventStream.Subscribe(Probe.Ref, typeof(Error));
        var watcher = Create(new()
        {
            OnMessage = (self, m) => m switch
            {
                IActorRef subject => Watched(self, subject),
                Terminated => MessagingTests.TellTo(Probe.Ref, "terminated"),
                _ => false,
            },
        });
        var broken = Create(new() { OnConstruct = _ => throw new TimeoutException("broken from birth") });
        var error = await Probe.Expect<Error>();
        Assert.IsType<ActorInitializationException>(error.Cause);
        Assert.IsType<TimeoutException>(error.Cause!.GetBaseException());
        watcher.Tell(broken);
        await Probe.Expect("terminated");

        static bool Watched(Scripted self, IActorRef subject)
        {
            self.Place.Watch(subject);
            return true;
        }
    }

    [Fact]
    public void An_actor_cannot_be_created_by_hand() =>
        Assert.Throws<ActorInitializationException>(() => new Scripted(new()));

    [Fact]
    public async Task Arguments_of_props_are_evaluated_once()
    {
        var draws = 0;
        Func<int> draw = () => ++draws;
        var props = Props.Create(() => new Numbered(draw()));
        var actor = System.ActorOf(props);
        actor.Tell("number", Probe.Ref);
        actor.Tell("fail");
        actor.Tell("number", Probe.Ref);
        await Probe.Expect(1, 1);
        System.ActorOf(Props.Create<Numbered>(7)).Tell("number", Probe.Ref);
        await Probe.Expect(7);
    }

    [Fact]
    public void Props_take_a_new_expression_only() =>
        Assert.ThrowsAny<SystemException>(() => Props.Create(() => Make()));

    [Fact]
    public async Task An_actor_that_is_disposable_is_disposed_when_it_is_replaced_and_when_it_stops()
    {
        var actor = System.ActorOf(Props.Create(() => new Held(Probe.Ref)));
        actor.Tell("fail");
        await Probe.Expect("disposed");
        System.Stop(actor);
        await Probe.Expect("disposed");
    }

    private static Numbered Make() => new(1);

    private sealed class Numbered : ReceiveActor
    {
        public Numbered(int number)
        {
            Receive<string>(s => s == "number", _ => Sender.Tell(number));
            Receive<string>(_ => throw new TimeoutException("asked to"));
        }
    }

    private sealed class Held(IActorRef journal) : UntypedActor, IDisposable
    {
        public void Dispose() => journal.Tell("disposed");

        protected override void OnReceive(object message) => throw new TimeoutException("asked to");
    }
}
