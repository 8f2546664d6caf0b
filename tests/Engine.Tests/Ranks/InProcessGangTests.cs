using ThreadState = System.Threading.ThreadState;

namespace Cairn.Engine.Tests.Ranks;

/// <summary>Exchanges and gathers of ranks that share memory, and their end when one of them fails.</summary>
public sealed class InProcessGangTests
{
    public static IEnumerable<object[]> Sizes => Enumerable.Range(1, 16).Select(size => new object[] { size });

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Every_rank_hears_both_neighbours_around_the_ring(int size)
    {
        const int Rounds = 200;
        Gang.Run(size, ranks =>
        {
            var random = new Random(size);
            for (var round = 0; round < Rounds; round++)
            {
                var (down, up) = (random.Next(40), random.Next(40));
                var (fromPrevious, fromNext) = (new byte[up], new byte[down]);
                ranks.Exchange(Says(ranks.Rank, round, down, 1), fromPrevious, Says(ranks.Rank, round, up, 2), fromNext);

                Assert.Equal(Says((ranks.Rank + size - 1) % size, round, up, 2), fromPrevious);
                Assert.Equal(Says((ranks.Rank + 1) % size, round, down, 1), fromNext);
            }
            return 0;
        });
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Rank_0_gathers_uneven_parts_in_order(int size)
    {
        int[] counts = [.. Enumerable.Range(0, size).Select(rank => rank * 7 % 11)];
        Gang.Run(size, ranks =>
        {
            for (var round = 0; round < 50; round++)
            {
                var whole = new byte[ranks.Rank == 0 ? counts.Sum() : 0];
                ranks.Gather(Says(ranks.Rank, round, counts[ranks.Rank], 3), whole, counts);

                byte[] expected = [.. Enumerable.Range(0, size).SelectMany(rank => Says(rank, round, counts[rank], 3))];
                Assert.Equal(ranks.Rank == 0 ? expected : [], whole);
            }
            return 0;
        });
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Any_ranks_exchange_with_whom_they_name(int size) => Gang.Run(size, ranks =>
    {
        for (var round = 0; round < 100; round++)
            Assert.True(PeerTalk.Holds(ranks, round), $"rank {ranks.Rank} of {size}, round {round}");
        return 0;
    });

    [Fact]
    public void Peers_that_disagree_on_a_length_are_told_so()
    {
        var (_, failures) = Gang.Try(2, ranks => ranks.Exchange(
            [new PeerBytes(1 - ranks.Rank, 0, 4, 0, 4 + ranks.Rank)], new byte[4], new byte[4 + ranks.Rank]));

        Assert.Contains("Rank 0 sent 4 bytes to rank 1, which expected 5", Assert.IsType<SpecException>(failures[0]).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Peers_have_to_be_other_ranks_growing_with_ranges_inside_the_buffers()
    {
        var rank = InProcessGang.Create(3).Ranks[1];
        PeerBytes[][] odd =
        [
            [new(1, 0, 1, 0, 1)], [new(3, 0, 1, 0, 1)], [new(-1, 0, 1, 0, 1)], [new(2, 0, 1, 0, 1), new(0, 0, 1, 0, 1)],
            [new(0, 0, 5, 0, 1)], [new(0, 0, 1, 4, 1)], [new(0, -1, 1, 0, 1)], [new(0, 0, 1, 0, -1)], [new(0, 2, int.MaxValue, 0, 1)],
        ];

        Assert.All(odd, peers => Assert.Throws<SpecException>(() => rank.Exchange(peers, new byte[4], new byte[4])));
        Assert.Throws<SpecException>(() => new SoloCommunicator().Exchange([new PeerBytes(0, 0, 1, 0, 1)], new byte[1], new byte[1]));
        new SoloCommunicator().Exchange([], [], []);
    }

    [Fact]
    public void An_exchange_with_peers_ends_when_the_gang_is_aborted_or_a_peer_leaves()
    {
        var (gang, cause) = (InProcessGang.Create(3), new StepException("no more"));
        void Talk() => gang.Ranks[0].Exchange([new PeerBytes(2, 0, 4, 0, 4)], new byte[4], new byte[4]);

        var aborted = WhileWaiting(Talk, () => gang.Abort(cause));
        gang = InProcessGang.Create(3);
        var left = WhileWaiting(Talk, gang.Ranks[2].Dispose);

        Assert.Same(cause, Assert.IsType<GangAbortedException>(aborted).InnerException);
        Assert.Contains("waited for rank 2", Assert.IsType<GangAbortedException>(left).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(5, 0)]
    [InlineData(16, 7)]
    public void A_rank_that_fails_ends_the_waiting_of_all_others(int size, int failing)
    {
        var cause = new StepException("the model blew up");
        var (gang, failures) = Gang.Try(size, ranks =>
        {
            for (var round = 0; ; round++)
            {
                if (ranks.Rank == failing && round == 20)
                    throw cause;
                Exchange(ranks, 16);
            }
        });

        Assert.Equal(size, failures.Length);
        Assert.Same(cause, failures[0]);
        Assert.All(failures.Skip(1), e => Assert.Same(cause, Assert.IsType<GangAbortedException>(e).InnerException));
        Assert.Throws<GangAbortedException>(() => Exchange(gang.Ranks[failing], 16));
    }

    [Fact]
    public void A_gather_ends_too_when_the_gang_is_aborted()
    {
        var (_, failures) = Gang.Try(3, ranks =>
        {
            if (ranks.Rank == 1)
                throw new StepException("no part from here");
            ranks.Gather([1], new byte[ranks.Rank == 0 ? 3 : 0], [1, 1, 1]);
        });

        Assert.IsType<StepException>(failures[0]);
        Assert.Contains(failures, e => e is GangAbortedException { Rank: 0 });
    }

    [Fact]
    public void Nobody_goes_on_waiting_for_a_rank_that_leaves()
    {
        var gang = InProcessGang.Create(3);

        var found = WhileWaiting(() => Exchange(gang.Ranks[0], 4), gang.Ranks[2].Dispose);

        Assert.Contains("waited for rank 2", Assert.IsType<GangAbortedException>(found).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_abort_reaches_ranks_that_wait_already()
    {
        var (gang, cause) = (InProcessGang.Create(3), new StepException("no more"));

        var exchanging = WhileWaiting(() => Exchange(gang.Ranks[0], 4), () => gang.Abort(cause));
        gang = InProcessGang.Create(3);
        var giving = WhileWaiting(() => gang.Ranks[2].Gather([1], [], []), () => gang.Abort(cause));

        Assert.Same(cause, Assert.IsType<GangAbortedException>(exchanging).InnerException);
        Assert.Same(cause, Assert.IsType<GangAbortedException>(giving).InnerException);
    }

    [Fact]
    public void Ranks_that_disagree_on_a_length_are_told_so()
    {
        var (_, failures) = Gang.Try(2, ranks => Exchange(ranks, 4 + ranks.Rank));

        Assert.Contains("do not agree", Assert.IsType<SpecException>(failures[0]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exchange_allocates_nothing()
    {
        var allocated = Gang.Run(3, ranks =>
        {
            var (a, b, c, d) = (new byte[1440], new byte[1440], new byte[1440], new byte[1440]);
            void Go(int times)
            {
                for (var i = 0; i < times; i++)
                    ranks.Exchange(a, b, c, d);
            }

            Go(200);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Go(2000);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });

        Assert.All(allocated, bytes => Assert.InRange(bytes, 0, 1000));
    }

    [Fact]
    public void The_gang_of_one_hears_itself()
    {
        using var solo = new SoloCommunicator();
        var (fromPrevious, fromNext, whole) = (new byte[2], new byte[1], new byte[3]);
        solo.Exchange([1], fromPrevious, [2, 3], fromNext);
        solo.Gather([4, 5, 6], whole, [3]);

        Assert.Equal([2, 3], fromPrevious);
        Assert.Equal([1], fromNext);
        Assert.Equal([4, 5, 6], whole);
        Assert.Throws<SpecException>(() => solo.Gather([4, 5, 6], whole, [2]));
        Assert.Throws<SpecException>(() => solo.Exchange([1], fromNext, [2, 3], fromNext));
    }

    /// <summary>Does something once a call waits on a thread of its own, and gives what the call ended with.</summary>
    private static Exception? WhileWaiting(Action call, Action then)
    {
        Exception? found = null;
        var thread = new Thread(() => found = Record.Exception(call)) { IsBackground = true };
        thread.Start();
        SpinWait.SpinUntil(() => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        then();
        Assert.True(thread.Join(TimeSpan.FromMinutes(1)), "the call goes on waiting");
        return found;
    }

    private static void Exchange(ICommunicator ranks, int bytes) =>
        ranks.Exchange(new byte[bytes], new byte[bytes], new byte[bytes], new byte[bytes]);

    private static byte[] Says(int rank, int round, int bytes, int direction) =>
        [.. Enumerable.Range(0, bytes).Select(i => (byte)((rank * 31) + (round * 17) + (i * 5) + direction))];
}
