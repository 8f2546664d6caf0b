namespace Cairn.Actors.Tests.Conformance;

public sealed class SupervisionTests : ConformanceTest
{
    private static readonly Func<Exception, Directive> ByMessage = e => Enum.Parse<Directive>(e.Message);

    private Script Child(string name) => new() { Journal = Probe.Ref, Name = name, OnMessage = LifecycleTests.Steered };

    /// <summary>A parent with children of these names, created in this order; they have reported their start.</summary>
    private async Task<IActorRef[]> Family(SupervisorStrategy strategy, params string[] names)
    {
        var parent = Create(new() { Strategy = strategy, OnMessage = Adopt });
        var children = new List<IActorRef>();
        foreach (var name in names)
        {
            children.Add(await parent.Ask<IActorRef>(Child(name), Probe.Patience));
            await Probe.Expect($"{name} pre-start");
        }

        return [.. children];
    }

    internal static bool Adopt(Scripted self, object message) =>
        message is Script child ? MessagingTests.TellTo(self.Sender, self.Add(child, child.Name)) : LifecycleTests.Steered(self, message);

    [Fact]
    public async Task Resume_keeps_the_state_and_goes_on_with_the_next_message()
    {
        var children = await Family(new OneForOneStrategy(ByMessage), "a");
        children[0].Tell("count", Probe.Ref);
        children[0].Tell(new TimeoutException("Resume"));
        children[0].Tell("count", Probe.Ref);
        await Probe.Expect(1, 2);
    }

    [Fact]
    public async Task Restart_loses_the_state_of_the_failed_child_only()
    {
        var children = await Family(new OneForOneStrategy(ByMessage), "a", "b");
        children[0].Tell("count", Probe.Ref);
        children[1].Tell("count", Probe.Ref);
        await Probe.Expect(1, 1);
        children[0].Tell(new TimeoutException("Restart"));
        Assert.StartsWith("a pre-restart", await Probe.Expect<string>(), StringComparison.Ordinal);
        await Probe.Expect("a post-stop", "a post-restart", "a pre-start");
        children[1].Tell("count", Probe.Ref);
        await Probe.Expect(2);
        children[0].Tell("count", Probe.Ref);
        await Probe.Expect(1);
    }

    [Fact]
    public async Task Stop_stops_the_failed_child_only()
    {
        var children = await Family(new OneForOneStrategy(ByMessage), "a", "b");
        children[0].Tell(new TimeoutException("Stop"));
        await Probe.Expect("a post-stop");
        children[1].Tell("count", Probe.Ref);
        await Probe.Expect(1);
    }

    [Fact]
    public async Task Escalate_makes_the_parent_fail_and_its_restart_stops_the_children()
    {
        var parent = Create(Child("parent") with { Strategy = new OneForOneStrategy(ByMessage), OnMessage = Adopt });
        await Probe.Expect("parent pre-start");
        var child = await parent.Ask<IActorRef>(Child("child"), Probe.Patience);
        await Probe.Expect("child pre-start");
        child.Tell(new TimeoutException("Escalate"));
        Assert.StartsWith("parent pre-restart", await Probe.Expect<string>(), StringComparison.Ordinal);
        var rest = new[] { await Probe.Expect<string>(), await Probe.Expect<string>() };
        Assert.Equal(["child post-stop", "parent post-stop"], rest.Order());
        await Probe.Expect("parent post-restart", "parent pre-start");
    }

    [Fact]
    public async Task All_for_one_restarts_all_children()
    {
        var children = await Family(new AllForOneStrategy(ByMessage), "a", "b", "c");
        foreach (var child in children)
        {
            child.Tell("count", Probe.Ref);
        }

        await Probe.Expect(1, 1, 1);
        children[1].Tell(new TimeoutException("Restart"));
        var started = new List<string>();
        while (started.Count < 3)
        {
            var line = await Probe.Expect<string>();
            started.AddRange(line.EndsWith("pre-start", StringComparison.Ordinal) ? [line] : Array.Empty<string>());
        }

        Assert.Equal(["a pre-start", "b pre-start", "c pre-start"], started.Order());
        foreach (var child in children)
        {
            child.Tell("count", Probe.Ref);
        }

        await Probe.Expect(1, 1, 1);
    }

    [Fact]
    public async Task A_sibling_that_waits_for_its_children_before_its_restart_handles_no_message_meanwhile()
    {
        using var gate = new ManualResetEventSlim();
        var parent = Create(new() { Strategy = new AllForOneStrategy(ByMessage), OnMessage = Adopt });
        var failing = await parent.Ask<IActorRef>(Child("failing") with { Journal = null }, Probe.Patience);
        var sibling = await parent.Ask<IActorRef>(Child("sibling") with { OnMessage = Adopt }, Probe.Patience);
        await Probe.Expect("sibling pre-start");
        await sibling.Ask<IActorRef>(new Script { Name = "slow", OnPostStop = _ => gate.Wait() }, Probe.Patience);
        failing.Tell(new TimeoutException("Restart"));
        await Probe.Expect("sibling pre-restart ", "sibling post-stop");
        sibling.Tell("count", Probe.Ref);
        System.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(100), Probe.Ref, "nothing yet", ActorRefs.NoSender);
        await Probe.Expect("nothing yet");
        gate.Set();
        await Probe.Expect("sibling post-restart", "sibling pre-start", 1);
    }

    [Fact]
    public async Task All_for_one_stops_all_children()
    {
        var children = await Family(new AllForOneStrategy(ByMessage), "a", "b");
        children[0].Tell(new TimeoutException("Stop"));
        var stopped = new[] { await Probe.Expect<string>(), await Probe.Expect<string>() };
        Assert.Equal(["a post-stop", "b post-stop"], stopped.Order());
    }

    [Fact]
    public async Task All_for_one_resumes_the_failed_child_only()
    {
        var children = await Family(new AllForOneStrategy(ByMessage), "a", "b");
        children[0].Tell("count", Probe.Ref);
        children[0].Tell(new TimeoutException("Resume"));
        children[0].Tell("count", Probe.Ref);
        await Probe.Expect(1, 2);
    }

    [Fact]
    public async Task A_child_that_fails_once_more_than_is_allowed_is_stopped()
    {
        var children = await Family(new OneForOneStrategy(2, TimeSpan.FromHours(1), ByMessage), "a");
        foreach (var _ in Enumerable.Range(0, 2))
        {
            children[0].Tell(new TimeoutException("Restart"));
            Assert.StartsWith("a pre-restart", await Probe.Expect<string>(), StringComparison.Ordinal);
            await Probe.Expect("a post-stop", "a post-restart", "a pre-start");
        }

        children[0].Tell(new TimeoutException("Restart"));
        await Probe.Expect("a post-stop");
        Assert.Empty(await Probe.Drain());
    }

    [Fact]
    public async Task Retries_without_a_window_are_counted_for_ever_and_none_means_none()
    {
        var limited = await Family(new OneForOneStrategy(1, null, ByMessage), "a");
        limited[0].Tell(new TimeoutException("Restart"));
        limited[0].Tell(new TimeoutException("Restart"));
        Assert.StartsWith("a pre-restart", await Probe.Expect<string>(), StringComparison.Ordinal);
        await Probe.Expect("a post-stop", "a post-restart", "a pre-start", "a post-stop");
        var none = await Family(new OneForOneStrategy(0, null, ByMessage), "b");
        none[0].Tell(new TimeoutException("Restart"));
        await Probe.Expect("b post-stop");
    }

    [Fact]
    public async Task A_window_without_a_limit_allows_one_restart_in_it()
    {
        var children = await Family(new OneForOneStrategy(null, TimeSpan.FromHours(1), ByMessage), "a");
        children[0].Tell(new TimeoutException("Restart"));
        children[0].Tell(new TimeoutException("Restart"));
        Assert.StartsWith("a pre-restart", await Probe.Expect<string>(), StringComparison.Ordinal);
        await Probe.Expect("a post-stop", "a post-restart", "a pre-start", "a post-stop");
    }

    [Fact]
    public async Task A_window_that_has_passed_is_opened_anew()
    {
        // Any two failures are further apart than a window of one millisecond that a whole restart and an answer lie between.
        var children = await Family(new OneForOneStrategy(1, TimeSpan.FromMilliseconds(1), ByMessage), "a");
        for (var i = 0; i < 3; i++)
        {
            children[0].Tell(new TimeoutException("Restart"));
            Assert.StartsWith("a pre-restart", await Probe.Expect<string>(), StringComparison.Ordinal);
            await Probe.Expect("a post-stop", "a post-restart", "a pre-start");
            System.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(50), Probe.Ref, "later", ActorRefs.NoSender);
            await Probe.Expect("later");
        }
    }

    [Fact]
    public async Task Rules_by_exception_type_are_tried_in_order()
    {
        var decider = Decider.From(
            Directive.Resume, Directive.Stop.When<ArgumentNullException>(), Directive.Restart.When<ArgumentException>());
        Exception[] causes = [new ArgumentNullException(), new ArgumentOutOfRangeException(), new TimeoutException()];
        Assert.Equal([Directive.Stop, Directive.Restart, Directive.Resume], causes.Select(decider.Decide));
        var children = await Family(new OneForOneStrategy(decider), "a");
        children[0].Tell("count", Probe.Ref);
        children[0].Tell(new TimeoutException());
        children[0].Tell("count", Probe.Ref);
        await Probe.Expect(1, 2);
        children[0].Tell(new ArgumentNullException());
        await Probe.Expect("a post-stop");
    }

    [Fact]
    public async Task Props_can_overrule_the_strategy_of_the_actor()
    {
        var props = Scripted.Props(new() { Strategy = new OneForOneStrategy(_ => Directive.Stop), OnMessage = Adopt });
        var parent = System.ActorOf(props.WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Resume)));
        var child = await parent.Ask<IActorRef>(Child("a"), Probe.Patience);
        child.Tell("count", Probe.Ref);
        child.Tell(new TimeoutException());
        child.Tell("count", Probe.Ref);
        await Probe.Expect("a pre-start", 1, 2);
    }

    [Fact]
    public async Task A_child_that_cannot_start_is_stopped_by_default_and_tried_again_if_the_parent_says_so()
    {
        var tries = 0;
        var parent = Create(new() { Strategy = new OneForOneStrategy(_ => Directive.Restart), OnMessage = Adopt });
        var child = await parent.Ask<IActorRef>(Child("a") with { OnPreStart = Start }, Probe.Patience);
        child.Tell("count", Probe.Ref);
        await Probe.Expect("a pre-start", "a pre-start", "a pre-start", 1);

        void Start(Scripted self)
        {
            if (++tries < 3)
            {
                throw new TimeoutException("not yet");
            }
        }
    }

    [Fact]
    public async Task A_strategy_that_stops_is_at_hand()
    {
        var children = await Family(SupervisorStrategy.StoppingStrategy, "a");
        children[0].Tell(new TimeoutException());
        await Probe.Expect("a post-stop");
    }

    [Fact]
    public async Task Kill_stops_by_default_and_restarts_if_the_parent_says_so()
    {
        var stopped = await Family(SupervisorStrategy.DefaultStrategy, "a");
        stopped[0].Tell(Kill.Instance);
        await Probe.Expect("a post-stop");
        var restarted = await Family(new OneForOneStrategy(e => e is ActorKilledException ? Directive.Restart : Directive.Stop), "b");
        restarted[0].Tell(Kill.Instance);
        await Probe.Expect("b pre-restart <Kill>", "b post-stop", "b post-restart", "b pre-start");
    }

    [Fact]
    public async Task A_decision_that_throws_makes_the_parent_fail_with_that()
    {
        var parent = Create(Child("parent") with
        {
            Strategy = new OneForOneStrategy((Func<Exception, Directive>)(_ => throw new InvalidCastException("undecided"))),
            OnMessage = Adopt,
            OnPreRestart = (_, reason, _) => Probe.Ref.Tell(reason.GetType()),
        });
        await Probe.Expect("parent pre-start");
        var child = await parent.Ask<IActorRef>(new Script { Name = "child", OnMessage = LifecycleTests.Steered }, Probe.Patience);
        child.Tell(new TimeoutException());
        Assert.StartsWith("parent pre-restart", await Probe.Expect<string>(), StringComparison.Ordinal);
        await Probe.Expect(typeof(InvalidCastException));
    }

    [Fact]
    public async Task A_supervisor_that_has_failed_decides_nothing_until_its_own_supervisor_has_decided()
    {
        using var childMayFail = new ManualResetEventSlim();
        using var topMayDecide = new ManualResetEventSlim();
        var top = Create(new() { Strategy = new OneForOneStrategy(_ => Late(Directive.Resume)), OnMessage = Adopt });
        var script = new Script { Strategy = new OneForOneStrategy(_ => Told(Directive.Resume)), OnMessage = Adopt, Name = "parent" };
        var parent = await top.Ask<IActorRef>(script, Probe.Patience);
        var child = await parent.Ask<IActorRef>(new Script { OnMessage = FailLate, Name = "child" }, Probe.Patience);
        child.Tell("fail later");
        await Probe.Expect("child is busy");
        parent.Tell(new TimeoutException());
        await Probe.Expect("top decides");
        childMayFail.Set();
        System.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(100), Probe.Ref, "nothing yet", ActorRefs.NoSender);
        await Probe.Expect("nothing yet");
        topMayDecide.Set();
        await Probe.Expect("parent decides");

        Directive Late(Directive directive)
        {
            Probe.Ref.Tell("top decides");
            topMayDecide.Wait();
            return directive;
        }

        Directive Told(Directive directive)
        {
            Probe.Ref.Tell("parent decides");
            return directive;
        }

        bool FailLate(Scripted self, object message)
        {
            Probe.Ref.Tell("child is busy");
            childMayFail.Wait();
            throw new TimeoutException();
        }
    }

    [Fact]
    public async Task Children_of_a_failed_actor_handle_no_message_until_it_goes_on()
    {
        using var topMayDecide = new ManualResetEventSlim();
        var top = Create(new() { Strategy = new OneForOneStrategy(_ => Late()), OnMessage = Adopt });
        var parent = await top.Ask<IActorRef>(new Script { OnMessage = Adopt, Name = "parent" }, Probe.Patience);
        var child = await parent.Ask<IActorRef>(Child("child"), Probe.Patience);
        await Probe.Expect("child pre-start");
        parent.Tell(new TimeoutException());
        await Probe.Expect("top decides");
        child.Tell("count", Probe.Ref);
        System.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(100), Probe.Ref, "nothing yet", ActorRefs.NoSender);
        await Probe.Expect("nothing yet");
        topMayDecide.Set();
        await Probe.Expect(1);

        Directive Late()
        {
            Probe.Ref.Tell("top decides");
            topMayDecide.Wait();
            return Directive.Resume;
        }
    }

    [Fact]
    public async Task Failures_are_logged_on_the_event_stream_unless_the_strategy_is_told_not_to()
    {
        System.EventStream.Subscribe(Probe.Ref, typeof(Error));
        var quiet = await Family(new OneForOneStrategy(-1, -1, ByMessage, loggingEnabled: false), "a");
        quiet[0].Tell(new TimeoutException("Stop"));
        await Probe.Expect("a post-stop");
        var loud = await Family(new OneForOneStrategy(-1, -1, ByMessage), "b");
        loud[0].Tell(new TimeoutException("Stop"));
        var lines = new[] { (await Probe.Next()).Message, (await Probe.Next()).Message };
        var error = Assert.Single(lines.OfType<Error>());
        Assert.Equal((loud[0].Path.ToString(), "Stop"), (error.LogSource, error.Cause?.Message));
        Assert.Contains("b post-stop", lines);
    }
}
