using Cairn.Actors.Leases;
using Cairn.Storage.Ledger;

namespace Cairn.Actors.Tests.Leases;

public sealed class LeaseBookTests
{
    private static readonly LeaseTimes Times = LeaseTimes.Of(TimeSpan.FromSeconds(10));
    private static readonly Lease One = new(new BatchKey("run-1", 0), "node-a", 3), Two = new(new BatchKey("run-1", 4), "node-a", 7);

    [Fact]
    public void A_lease_that_is_renewed_stays_held()
    {
        var book = new LeaseBook(Times);
        book.Claimed(One, Seconds(0));
        for (var second = 2; second < 100; second += 2)
        {
            Assert.Empty(book.Answered(Seconds(second), [One], Renewed(One), Seconds(second + 0.5)));
            Assert.Equal(LeaseState.Held, book.StateOf(One));
        }
    }

    [Fact]
    public void A_lease_without_renewal_is_doubted_halfway_and_lost_before_its_end()
    {
        var book = new LeaseBook(Times);
        book.Claimed(One, Seconds(0));

        Assert.Empty(book.At(Seconds(4.99)));
        Assert.Equal([new LeaseOrder(One, LeaseAction.Pause)], book.At(Seconds(5)));
        Assert.Empty(book.At(Seconds(8.99)));
        Assert.Equal([new LeaseOrder(One, LeaseAction.Abandon)], book.At(Seconds(9)));
        Assert.Empty(book.At(Seconds(60)));
        Assert.Empty(book.Held);
    }

    [Fact]
    public void A_doubtful_lease_that_is_renewed_goes_on()
    {
        var book = new LeaseBook(Times);
        book.Claimed(One, Seconds(0));
        book.At(Seconds(6));

        Assert.Equal([new LeaseOrder(One, LeaseAction.Resume)], book.Answered(Seconds(6), [One], Renewed(One), Seconds(6.1)));
    }

    [Fact]
    public void A_renewal_counts_from_when_it_was_sent_and_not_from_when_it_was_answered()
    {
        var book = new LeaseBook(Times);
        book.Claimed(One, Seconds(0));

        // The answer took nine seconds on its way: the lease it tells of may have begun when it was sent.
        Assert.Equal([new LeaseOrder(One, LeaseAction.Abandon)], book.Answered(Seconds(0), [One], Renewed(One), Seconds(9)));
    }

    [Fact]
    public void An_answer_that_was_overtaken_takes_nothing_away()
    {
        var book = new LeaseBook(Times);
        book.Claimed(One, Seconds(0));
        book.Answered(Seconds(4), [One], Renewed(One), Seconds(4.1));

        Assert.Empty(book.Answered(Seconds(2), [One], Renewed(One), Seconds(4.2)));
        Assert.Empty(book.At(Seconds(8.9)));
    }

    [Fact]
    public void A_lease_that_a_heartbeat_did_not_renew_is_lost_and_one_that_it_did_not_know_of_is_not()
    {
        var book = new LeaseBook(Times);
        book.Claimed(One, Seconds(0));
        book.Claimed(Two, Seconds(2));

        Assert.Equal([new LeaseOrder(One, LeaseAction.Abandon)], book.Answered(Seconds(1), [One], Renewed(), Seconds(2)));
        Assert.Equal([Two], book.Held);
    }

    [Fact]
    public void What_is_lost_does_not_come_back()
    {
        var book = new LeaseBook(Times);
        book.Claimed(One, Seconds(0));
        book.At(Seconds(9));

        Assert.Empty(book.Answered(Seconds(9.5), [One], Renewed(One), Seconds(9.6)));
        Assert.Equal(LeaseState.Lost, book.StateOf(One));
    }

    [Fact]
    public void A_cancelled_lease_is_halted_once_and_kept_until_it_has_ended()
    {
        var book = new LeaseBook(Times);
        book.Claimed(One, Seconds(0));
        var answer = Renewed(One) with { Cancelled = [One] };

        Assert.Equal([new LeaseOrder(One, LeaseAction.Halt)], book.Answered(Seconds(1), [One], answer, Seconds(1)));
        Assert.Empty(book.Answered(Seconds(2), [One], answer, Seconds(2)));
        Assert.Equal([One], book.Held);
        book.Ended(One);
        Assert.Empty(book.Held);
    }

    /// <summary>
    /// Whatever the network does to heartbeats and their answers, and however long the node sleeps: while the node believes in a lease, so
    /// does the database.
    /// </summary>
    [Fact]
    public void A_node_never_believes_longer_than_the_database()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var book = new LeaseBook(Times);
            var (now, until) = (0.0, 10.0);
            book.Claimed(One, Seconds(0));
            var answers = new PriorityQueue<(double SentAt, HeartbeatAnswer Answer), double>();
            for (var tick = 0; tick < 200 && now < until; tick++)
            {
                now += random.NextDouble() < 0.05 ? random.NextDouble() * 20 : random.NextDouble();
                if (random.NextDouble() < 0.5)
                {
                    // On its way for a while, and perhaps lost before or after the database has seen it.
                    var arrives = now + (random.NextDouble() * 3);
                    if (random.NextDouble() < 0.7 && arrives < until)
                    {
                        until = Math.Max(until, arrives + 10);
                        if (random.NextDouble() < 0.7)
                        {
                            answers.Enqueue((now, Renewed(One)), arrives + (random.NextDouble() * 5));
                        }
                    }
                }

                while (answers.TryPeek(out var answer, out var due) && due <= now)
                {
                    answers.Dequeue();
                    book.Answered(Seconds(answer.SentAt), [One], answer.Answer, Seconds(now));
                }

                book.At(Seconds(now));
                Assert.True(now < until || book.StateOf(One) == LeaseState.Lost, $"seed {seed}: the node believes in a lease that ran out");
            }
        }
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static HeartbeatAnswer Renewed(params Lease[] leases) => new(true, false, leases, [], false);
}
