using Xunit.Abstractions;

namespace Cairn.Actors.Tests.Conformance;

/// <summary>Many actors, many threads, random failures: what goes in is counted against what comes out.</summary>
public sealed class StressTests(ITestOutputHelper output) : ConformanceTest
{
    private sealed record Token(int Hops, int Seed);

    private Random Seeded(int seed)
    {
        output.WriteLine($"seed {seed}");
        return new Random(seed);
    }

    internal static Task Producers(int count, Action<int> produce) => Task.WhenAll(
        Enumerable.Range(0, count).Select(p => Task.Factory.StartNew(
            () => produce(p), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task No_token_is_lost_among_a_thousand_actors(int seed)
    {
        var random = Seeded(seed);
        var actors = new IActorRef[1_000];
        for (var i = 0; i < actors.Length; i++)
        {
            actors[i] = Create(new() { OnMessage = (_, m) => m is Token token && Pass(token) });
        }

        for (var i = 0; i < 1_000; i++)
        {
            actors[random.Next(actors.Length)].Tell(new Token(random.Next(200), random.Next()));
        }

        for (var i = 0; i < 1_000; i++)
        {
            Assert.Equal(0, (await Probe.Expect<Token>()).Hops);
        }

        bool Pass(Token token)
        {
            var next = token.Hops == 0 ? Probe.Ref : actors[(uint)token.Seed % actors.Length];
            var seedOfNext = unchecked((token.Seed * 1_103_515_245) + 12_345);
            return MessagingTests.TellTo(next, token.Hops == 0 ? token : new Token(token.Hops - 1, seedOfNext));
        }
    }

    [Fact]
    public async Task Sums_are_conserved_with_many_producers_and_each_keeps_its_order()
    {
        var actors = Enumerable.Range(0, 8).Select(_ =>
        {
            var last = new int[4];
            var sum = 0L;
            return Create(new()
            {
                OnMessage = (self, m) =>
                {
                    if (m is not (int producer, int number))
                    {
                        return MessagingTests.TellTo(self.Sender, sum);
                    }

                    Assert.True(number > last[producer]);
                    last[producer] = number;
                    sum += number;
                    return true;
                },
            });
        }).ToList();
        await Producers(4, p =>
        {
            for (var i = 1; i <= 100_000; i++)
            {
                actors[i % actors.Count].Tell((p, i));
            }
        });
        var sums = await Task.WhenAll(actors.Select(a => a.Ask<long>("sum", Probe.Patience)));
        Assert.Equal(4 * 100_000L * 100_001 / 2, sums.Sum());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Restarts_under_load_lose_only_the_messages_that_failed(int seed)
    {
        var bad = Seeded(seed).Next(3, 17);
        var (handled, failed) = (0, 0);
        var parent = Create(new()
        {
            Strategy = new OneForOneStrategy(-1, -1, _ => failed % 2 == 0 ? Directive.Restart : Directive.Resume, loggingEnabled: false),
            OnMessage = SupervisionTests.Adopt,
        });
        var child = await parent.Ask<IActorRef>(new Script { Name = "child", OnMessage = Work }, Probe.Patience);
        await Producers(3, _ =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                child.Tell(i);
            }
        });
        await child.Ask<bool>("done", Probe.Patience);
        Assert.Equal(15_000, handled + failed);
        Assert.Equal(3 * ((5_000 + bad - 1) / bad), failed);

        bool Work(Scripted self, object message)
        {
            if (message is not int number)
            {
                return MessagingTests.TellTo(self.Sender, true);
            }

            if (number % bad == 0)
            {
                failed++;
                throw new TimeoutException();
            }

            handled++;
            return true;
        }
    }

    [Fact]
    public async Task Each_of_many_watchers_is_told_once_however_close_to_the_end_it_comes()
    {
        for (var round = 0; round < 30; round++)
        {
            var subject = Create(new() { OnMessage = (_, _) => true });
            var watchers = Enumerable.Range(0, 30).Select(_ => Create(new()
            {
                OnMessage = (self, m) => m switch
                {
                    IActorRef whom => self.Place.Watch(whom) is not null,
                    Terminated => MessagingTests.TellTo(Probe.Ref, ++self.Count),
                    _ => MessagingTests.TellTo(self.Sender, m),
                },
            })).ToList();
            await Producers(2, p =>
            {
                for (var i = p; i < watchers.Count; i += 2)
                {
                    watchers[i].Tell(subject);
                    if (i == round)
                    {
                        System.Stop(subject);
                    }
                }
            });
            for (var i = 0; i < watchers.Count; i++)
            {
                await Probe.Expect(1);
            }
        }

        Assert.Empty(await Probe.Drain());
    }
}
