using System.Collections.Concurrent;
using Xunit.Abstractions;

namespace Cairn.Actors.Tests.Conformance;

/// <summary>Suspensions and resumptions stay balanced: after a storm of failures, at all levels of a tree, everybody answers.</summary>
public sealed class SupervisionStormTests(ITestOutputHelper output) : ConformanceTest
{
    private const int Leaves = 27;

    private readonly ConcurrentDictionary<string, IActorRef> _actors = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_tree_of_supervisors_comes_to_rest_after_random_failures(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var root = Create(Branch(3, seed), "root");
        Assert.Equal(Leaves, await Census(root));
        for (var i = 0; i < 400; i++)
        {
            var all = _actors.Values.ToArray();
            all[random.Next(all.Length)].Tell(new TimeoutException(((Directive)random.Next(3)).ToString()));
        }

        Assert.Equal(Leaves, await Census(root));
        Assert.True(await root.GracefulStop(Probe.Patience));
    }

    /// <summary>How many leaves answer, at most: a restart between the root and a leaf loses its answer, so it is asked again.</summary>
    private async Task<int> Census(IActorRef root)
    {
        var most = 0;
        for (var turn = 0; turn < 300 && most < Leaves; turn++)
        {
            root.Tell(turn);
            System.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(100), Probe.Ref, "count", ActorRefs.NoSender);
            var answers = 0;
            for (var next = (await Probe.Next()).Message; next is not "count"; next = (await Probe.Next()).Message)
            {
                answers += next.Equals(turn) ? 1 : 0;
            }

            most = Math.Max(most, answers);
        }

        return most;
    }

    /// <summary>An actor with three children, down to the depth of 0, whose strategy the seed and its depth choose.</summary>
    private Script Branch(int depth, int seed) => new()
    {
        Strategy = ((seed >> depth) & 1) == 0
            ? new OneForOneStrategy(-1, -1, Decide, loggingEnabled: false)
            : new AllForOneStrategy(-1, -1, Decide, loggingEnabled: false),
        OnPreStart = self =>
        {
            _actors[self.Self.Path.ToString()] = self.Self;
            for (var i = 0; depth > 0 && i < 3; i++)
            {
                self.Add(Branch(depth - 1, seed), $"c{i}");
            }
        },
        OnMessage = (self, m) => m is int ? Answer(self, depth, m) : LifecycleTests.Steered(self, m),
    };

    private bool Answer(Scripted self, int depth, object question)
    {
        foreach (var child in self.Place.GetChildren())
        {
            child.Tell(question);
        }

        return depth > 0 || MessagingTests.TellTo(Probe.Ref, question);
    }

    private static Directive Decide(Exception e) =>
        Enum.TryParse<Directive>(e.Message, out var directive) ? directive : Directive.Restart;
}
