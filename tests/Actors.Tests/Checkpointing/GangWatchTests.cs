using Cairn.Actors.Checkpointing;
using Xunit.Abstractions;

namespace Cairn.Actors.Tests.Checkpointing;

public sealed class GangWatchTests(ITestOutputHelper log)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_gang_is_idle_only_while_each_of_its_ranks_waits_or_has_ended()
    {
        var watch = new GangWatch(2, Deadline, TimeSpan.Zero);
        Assert.False(watch.IsIdle);
        watch.Waits(0, orders: 0);
        Assert.False(watch.IsIdle);
        watch.Ended(1);
        Assert.True(watch.IsIdle);
        watch.Ordered(TimeSpan.Zero);
        Assert.False(watch.IsIdle);
        watch.Waits(0, orders: 1);
        Assert.True(watch.IsIdle);
        watch.Progressed(0, TimeSpan.Zero);
        Assert.False(watch.IsIdle);
        watch.Ended(0);
        Assert.True(watch.IsIdle);
    }

    [Fact]
    public void A_rank_that_says_it_waits_before_it_has_had_the_newest_order_is_busy()
    {
        var watch = new GangWatch(1, Deadline, TimeSpan.Zero);
        watch.Ordered(TimeSpan.Zero);
        watch.Ordered(TimeSpan.Zero);

        watch.Waits(0, orders: 1);

        Assert.False(watch.IsIdle);
        Assert.Equal([0], watch.Late(Deadline + TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void A_rank_that_waited_has_its_whole_time_from_the_order_that_lets_it_go_on()
    {
        var watch = new GangWatch(1, Deadline, TimeSpan.Zero);
        watch.Waits(0, orders: 0);
        Assert.Empty(watch.Late(TimeSpan.FromHours(1)));

        watch.Ordered(TimeSpan.FromHours(1));

        Assert.Empty(watch.Late(TimeSpan.FromHours(1) + Deadline));
        Assert.Equal([0], watch.Late(TimeSpan.FromHours(1) + Deadline + TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void An_order_gives_a_rank_that_is_busy_no_more_time()
    {
        var watch = new GangWatch(1, Deadline, TimeSpan.Zero);

        watch.Ordered(Deadline);

        Assert.Equal([0], watch.Late(Deadline + TimeSpan.FromTicks(1)));
    }

    /// <summary>
    /// Ranks take steps, wait and hear orders late, and what they report arrives late too, each rank's own in order. A rank is late exactly
    /// when it has had something in hand for too long, and idle is never said of a gang that has.
    /// </summary>
    [Fact]
    public void Whatever_is_late_on_the_way_no_gang_is_called_idle_that_is_not()
    {
        var seed = Environment.TickCount;
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 3_000; round++)
        {
            var gang = new Told(random.Next(1, 5), random);
            for (var act = 0; act < 120; act++)
            {
                gang.Act();
                Assert.True(!gang.Watch.IsIdle || gang.AllWait, $"seed {seed}, round {round}, act {act}: idle, with ranks that step");
            }

            gang.Settle();
            Assert.True(gang.Watch.IsIdle == gang.AllWait, $"seed {seed}, round {round}: once all has arrived");
            Assert.Equal(gang.Busy, gang.Watch.Late(TimeSpan.FromDays(1)));
        }
    }

    /// <summary>Ranks, the orders on their way to them, and their reports on their way back.</summary>
    private sealed class Told(int size, Random random)
    {
        private readonly Rank[] _ranks = [.. Enumerable.Range(0, size).Select(_ => new Rank())];
        private int _orders;

        public GangWatch Watch { get; } = new(size, Deadline, TimeSpan.Zero);

        /// <summary>Whether each rank waits, and no order is on its way that might let it go on; or has ended.</summary>
        public bool AllWait => _ranks.All(r => r.HasEnded || (r.Waits && r.Heard == _orders));

        public IEnumerable<int> Busy => Enumerable.Range(0, size).Where(r => !_ranks[r].HasEnded && !_ranks[r].Waits);

        public void Act()
        {
            var rank = random.Next(size);
            switch (random.Next(12))
            {
                case 0 or 1:
                    Watch.Ordered(TimeSpan.Zero);
                    _orders++;
                    break;
                case < 5:
                    Arrive(rank);
                    break;
                case < 8:
                    Hear(rank);
                    break;
                case 8 when random.Next(20) == 0 && _ranks[rank] is { HasEnded: false, Waits: false }:
                    _ranks[rank].HasEnded = true;
                    _ranks[rank].Reports.Enqueue(() => Watch.Ended(rank));
                    break;
                default:
                    Step(rank);
                    break;
            }
        }

        /// <summary>All that is on its way arrives.</summary>
        public void Settle()
        {
            for (var rank = 0; rank < size; rank++)
            {
                while (_ranks[rank].Heard < _orders)
                    Hear(rank);

                while (_ranks[rank].Reports.Count > 0)
                    Arrive(rank);
            }
        }

        /// <summary>An order wakes a rank that waits; it goes on, or says that it waits still.</summary>
        private void Hear(int rank)
        {
            var it = _ranks[rank];
            if (it.Heard == _orders)
                return;

            it.Heard++;
            if (it.Waits && !it.HasEnded)
            {
                it.Waits = random.Next(2) == 0;
                if (it.Waits)
                    Say(rank);
            }
        }

        /// <summary>A rank that steps comes to a boundary, or begins to wait.</summary>
        private void Step(int rank)
        {
            var it = _ranks[rank];
            if (it.Waits || it.HasEnded)
                return;

            it.Waits = random.Next(2) == 0;
            if (it.Waits)
                Say(rank);
            else
                it.Reports.Enqueue(() => Watch.Progressed(rank, TimeSpan.Zero));
        }

        private void Say(int rank)
        {
            var heard = _ranks[rank].Heard;
            _ranks[rank].Reports.Enqueue(() => Watch.Waits(rank, heard));
        }

        private void Arrive(int rank)
        {
            if (_ranks[rank].Reports.TryDequeue(out var report))
                report();
        }
    }

    private sealed class Rank
    {
        public Queue<Action> Reports { get; } = new();

        public int Heard { get; set; }

        public bool Waits { get; set; }

        public bool HasEnded { get; set; }
    }
}
