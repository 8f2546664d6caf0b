using Xunit.Abstractions;

namespace Cairn.Actors.Tests.Kernel;

public sealed class InboundQueueTests(ITestOutputHelper output)
{
    private sealed class Item(int producer, int number) : Link
    {
        public int Producer => producer;

        public int Number => number;
    }

    [Fact]
    public void What_was_added_comes_out_in_order()
    {
        var queue = new InboundQueue();
        Assert.Null(queue.Take());
        Add(ref queue, 1, 2);
        Assert.Equal(1, Number(queue.Take()));
        Add(ref queue, 3);
        Assert.Equal([2, 3], [Number(queue.Take()), Number(queue.Take())]);
        Assert.False(queue.HasAny);
    }

    [Fact]
    public void What_is_put_first_comes_out_first()
    {
        var queue = new InboundQueue();
        Add(ref queue, 3);
        queue.PutFirst(new Item(0, 2));
        queue.PutFirst(new Item(0, 1));
        Assert.Equal([1, 2, 3], queue.Close().Select(Number));
    }

    [Fact]
    public void A_closed_queue_gives_back_what_it_held_and_takes_nothing_more()
    {
        var queue = new InboundQueue();
        Add(ref queue, 1, 2, 3);
        queue.Take();
        Add(ref queue, 4);
        Assert.Equal([2, 3, 4], queue.Close().Select(Number));
        Assert.True(queue.IsClosed);
        Assert.False(queue.TryAdd(new Item(0, 5)));
        Assert.False(queue.HasAny);
        Assert.Null(queue.Take());
        Assert.Empty(queue.Close());
    }

    /// <summary>Each item is taken, given back by the closing, or refused: once, and in its producer's order.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Closing_amid_many_producers_loses_nothing(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 100; round++)
        {
            var holder = new Holder();
            var refused = new int[4];
            var closeAfter = random.Next(2_000);
            using var start = new Barrier(5);
            var producers = Enumerable.Range(0, 4).Select(p => Task.Run(() =>
            {
                start.SignalAndWait();
                for (var i = 0; i < 500; i++)
                {
                    refused[p] += holder.Queue.TryAdd(new Item(p, i)) ? 0 : 1;
                }
            })).ToArray();
            start.SignalAndWait();
            var taken = new List<Item>();
            while (taken.Count < closeAfter && !(Array.TrueForAll(producers, p => p.IsCompleted) && !holder.Queue.HasAny))
            {
                if (holder.Queue.Take() is Item item)
                {
                    taken.Add(item);
                }
            }

            taken.AddRange(holder.Queue.Close().Cast<Item>());
            await Task.WhenAll(producers);
            Assert.Equal(2_000, taken.Count + refused.Sum());
            foreach (var own in taken.GroupBy(i => i.Producer))
            {
                Assert.Equal(Enumerable.Range(0, own.Count()), own.Select(i => i.Number));
            }
        }
    }

    private static int Number(Link? link) => Assert.IsType<Item>(link).Number;

    private static void Add(ref InboundQueue queue, params ReadOnlySpan<int> numbers)
    {
        foreach (var number in numbers)
        {
            Assert.True(queue.TryAdd(new Item(0, number)));
        }
    }

    private sealed class Holder
    {
        public InboundQueue Queue;
    }
}
