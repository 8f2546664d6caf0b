namespace Cairn.Actors.Tests.Conformance;

public sealed class AsyncTests : ConformanceTest
{
    [Fact]
    public async Task An_asynchronous_handler_keeps_other_messages_waiting_and_its_context()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = System.ActorOf(Props.Create(() => new Slow(gate.Task)));
        actor.Tell("slow", Probe.Ref);
        actor.Tell(1, Probe.Ref);
        await Probe.Expect("began");
        Assert.Empty(await Probe.Drain());
        gate.SetResult();
        await Probe.Expect($"slow in {actor.Path.Name}", 1);
    }

    [Fact]
    public async Task An_asynchronous_handler_that_throws_makes_its_actor_fail()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = System.ActorOf(Props.Create(() => new Slow(gate.Task)));
        actor.Tell("slow", Probe.Ref);
        actor.Tell(2.5, Probe.Ref);
        actor.Tell(1, Probe.Ref);
        gate.SetException(new TimeoutException("in the middle"));
        await Probe.Expect("began", "restarting after slow: in the middle", 2.5, 1);
    }

    [Fact]
    public async Task An_asynchronous_handler_that_throws_at_once_makes_its_actor_fail()
    {
        var actor = System.ActorOf(Props.Create(() => new Slow(Task.CompletedTask)));
        actor.Tell('x', Probe.Ref);
        actor.Tell(1, Probe.Ref);
        await Probe.Expect("restarting after x: at once", 1);
    }

    [Fact]
    public async Task Many_asynchronous_handlers_run_one_after_the_other()
    {
        var actor = System.ActorOf(Props.Create(() => new Slow(Task.CompletedTask)));
        for (var i = 0; i < 1_000; i++)
        {
            actor.Tell((long)i, Probe.Ref);
        }

        actor.Tell(1, Probe.Ref);
        await Probe.Expect(Enumerable.Range(0, 1_000).Select(i => (object)(long)i).Append(1).ToArray());
    }

    [Fact]
    public async Task An_untyped_actor_can_run_a_task_as_well()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Create(new()
        {
            OnMessage = (self, m) =>
            {
                if (m is "slow")
                {
                    self.RunTask(async () =>
                    {
                        await gate.Task;
                        self.Sender.Tell("slow");
                    });
                    return true;
                }

                return MessagingTests.TellTo(self.Sender, m);
            },
        });
        actor.Tell("slow", Probe.Ref);
        actor.Tell("next", Probe.Ref);
        gate.SetResult();
        await Probe.Expect("slow", "next");
    }

    private sealed class Slow : ReceiveActor
    {
        private IActorRef? _asker;

        public Slow(Task gate)
        {
            ReceiveAsync<string>(async s =>
            {
                _asker = Sender;
                Sender.Tell("began");
                await gate;
                await Task.Yield();
                Sender.Tell($"{s} in {Self.Path.Name}");
            });
            ReceiveAsync<double>(d => d > 0, d =>
            {
                Sender.Tell(d);
                return Task.CompletedTask;
            });
            ReceiveAsync<char>(_ =>
            {
                _asker = Sender;
                throw new TimeoutException("at once");
            });
            ReceiveAsync<long>(async n =>
            {
                await Task.Yield();
                Sender.Tell(n);
            });
            ReceiveAnyAsync(m =>
            {
                Sender.Tell(m);
                return Task.CompletedTask;
            });
        }

        protected override void PreRestart(Exception reason, object? message) =>
            _asker!.Tell($"restarting after {message}: {reason.Message}");
    }
}
