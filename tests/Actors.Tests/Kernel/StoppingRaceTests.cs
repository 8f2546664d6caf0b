using Cairn.Actors.Tests.Conformance;

namespace Cairn.Actors.Tests.Kernel;

/// <summary>
/// What the kernel promises and Akka.NET nearly keeps: there, a message that meets the very end of an actor can vanish.
/// </summary>
public sealed class StoppingRaceTests : ConformanceTest
{
    [Fact]
    public async Task A_message_to_an_actor_that_is_stopping_is_handled_or_a_dead_letter()
    {
        var letters = 0;
        var counter = Create(new() { OnMessage = (self, m) => m is DeadLetter { Message: int } ? ++letters > 0 : Answer(self, m) });
        System.EventStream.Subscribe(counter, typeof(DeadLetter));
        var handled = 0;
        for (var round = 0; round < 50; round++)
        {
            var actor = Create(new() { OnMessage = (_, m) => m is int && Interlocked.Increment(ref handled) > 0 });
            await StressTests.Producers(3, p =>
            {
                for (var i = 0; i < 200; i++)
                {
                    actor.Tell(i);
                    if (p == 0 && i == round * 4)
                    {
                        System.Stop(actor);
                    }
                }
            });
            Assert.True(await actor.GracefulStop(Probe.Patience));
        }

        // Publishing is done by whoever finds the actor gone, so all letters are in the counter's queue by now.
        Assert.Equal(50 * 600, await counter.Ask<int>("letters", Probe.Patience) + handled);

        bool Answer(Scripted self, object message) => message is DeadLetter || MessagingTests.TellTo(self.Sender, letters);
    }
}
