using Cairn.Actors.Nodes;

namespace Cairn.Actors.Tests.Nodes;

public sealed class SlotQueueTests
{
    [Fact]
    public void Batches_start_in_the_order_in_which_they_came_and_none_overtakes()
    {
        var queue = new SlotQueue<string>(4);
        queue.Add("two", 2);
        queue.Add("three", 3);
        queue.Add("one", 1);

        Assert.Equal(["two"], Started(queue));
        Assert.Equal(["three", "one"], queue.Waiting);
        queue.Ended("two");
        Assert.Equal(["three", "one"], Started(queue));
        Assert.Equal(0, queue.Free);
    }

    [Fact]
    public void A_batch_larger_than_the_node_is_stepped_alone()
    {
        var queue = new SlotQueue<string>(2);
        queue.Add("small", 1);
        queue.Add("large", 16);
        queue.Add("next", 1);

        Assert.Equal(["small"], Started(queue));
        queue.Ended("small");
        Assert.Equal(["large"], Started(queue));
        queue.Ended("large");
        Assert.Equal(["next"], Started(queue));
    }

    [Fact]
    public void What_is_withdrawn_never_starts_and_what_waited_behind_it_may()
    {
        var queue = new SlotQueue<string>(2);
        queue.Add("a1", 1);
        queue.Add("b1", 2);
        queue.Add("a2", 1);
        Assert.Equal(["a1"], Started(queue));

        Assert.Equal(["b1"], queue.Withdraw(batch => batch.StartsWith('b')));

        Assert.Equal(["a2"], Started(queue));
        Assert.Empty(queue.Withdraw(_ => true));
        Assert.Equal(["a1", "a2"], queue.Running.Order());
    }

    [Fact]
    public void Any_sequence_fills_the_node_in_order_never_beyond_it_and_starves_nobody()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var slots = random.Next(1, 9);
            var queue = new SlotQueue<int>(slots);
            var (needs, started, gone) = (new List<int>(), new List<int>(), new HashSet<int>());
            for (var i = 0; i < 60 || queue.Running.Count > 0; i++)
            {
                Act(i < 60 ? random.Next(4) : 2, random, queue, needs, gone);
                started.AddRange(Started(queue));
                var used = queue.Running.Sum(b => Math.Min(slots, needs[b]));
                Assert.True(used <= slots && queue.Free == slots - used, $"seed {seed}: {used} of {slots} slots in use");
                Assert.True(
                    queue.Running.Count < 2 || queue.Running.All(b => needs[b] <= slots), $"seed {seed}: a large batch is not alone");
            }

            Assert.True(started.SequenceEqual(started.Order()), $"seed {seed}: {string.Join(", ", started)}");
            Assert.True(started.Count + gone.Count == needs.Count, $"seed {seed}: {started.Count} of {needs.Count} were started");
        }
    }

    private static void Act(int what, Random random, SlotQueue<int> queue, List<int> needs, HashSet<int> gone)
    {
        if (what < 2)
        {
            needs.Add(random.Next(1, 13));
            queue.Add(needs.Count - 1, needs[^1]);
        }
        else if (what == 2 && queue.Running.Count > 0)
        {
            queue.Ended(queue.Running.ElementAt(random.Next(queue.Running.Count)));
        }
        else if (what == 3 && random.Next(4) == 0)
        {
            var third = random.Next(3);
            gone.UnionWith(queue.Withdraw(batch => batch % 3 == third));
        }
    }

    private static List<T> Started<T>(SlotQueue<T> queue) where T : notnull
    {
        var started = new List<T>();
        while (queue.TryStart(out var batch))
        {
            started.Add(batch);
        }

        return started;
    }
}
