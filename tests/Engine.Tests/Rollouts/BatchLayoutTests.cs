namespace Cairn.Engine.Tests.Rollouts;

public sealed class BatchLayoutTests(ITestOutputHelper log)
{
    [Fact]
    public void A_new_run_is_cut_into_full_batches_and_a_rest() =>
        Assert.Equal([new(0, 3), new(4, 7), new(8, 9)], BatchLayout.Cut(10, 4, [], 0));

    [Fact]
    public void A_run_that_goes_on_as_it_was_keeps_its_batches() =>
        Assert.Equal([new(0, 3), new(4, 5)], BatchLayout.Cut(6, 4, [new(0, 3), new(4, 5)], 4));

    [Fact]
    public void An_ensemble_that_grows_keeps_its_batches_and_cuts_only_new_members() =>
        Assert.Equal([new(0, 3), new(4, 5), new(6, 9), new(10, 11)], BatchLayout.Cut(12, 4, [new(0, 3), new(4, 5)], 4));

    [Fact]
    public void Another_batch_size_cuts_all_members_anew() =>
        Assert.Equal([new(0, 11), new(12, 15)], BatchLayout.Cut(16, 12, [new(0, 7), new(8, 15)], 8));

    [Fact]
    public void Growing_with_a_larger_batch_size_never_puts_old_and_new_members_into_one_batch()
    {
        // The batch size is the ensemble's by default, so that it grows with it; a batch with new members would begin at lead time zero.
        Assert.Equal([new(0, 3), new(4, 7)], BatchLayout.Cut(8, 8, [new(0, 3)], 4));
        Assert.Equal([new(0, 5), new(6, 7), new(8, 13), new(14, 15)], BatchLayout.Cut(16, 6, [new(0, 3), new(4, 7)], 4));
    }

    [Fact]
    public void Batches_that_leave_gaps_are_not_kept() =>
        Assert.Equal([new(0, 3), new(4, 7)], BatchLayout.Cut(8, 4, [new(0, 1), new(3, 3)], 4));

    [Fact]
    public void Whatever_the_history_each_member_is_in_exactly_one_batch_and_no_batch_is_too_large()
    {
        var seed = Environment.TickCount;
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var run = 0; run < 2000; run++)
        {
            IReadOnlyList<MemberRange> batches = [];
            var (size, batchSize) = (0, 0);
            for (var start = 0; start < 4; start++)
            {
                var (before, begun) = (batchSize, batches);
                size += random.Next(start == 0 ? 1 : 0, 6);
                batchSize = random.Next(3) == 0 || batchSize == 0 ? random.Next(1, 7) : batchSize;
                batches = BatchLayout.Cut(size, batchSize, begun, before);

                Assert.Equal(Enumerable.Range(0, size), batches.SelectMany(b => b.Members));
                Assert.All(batches, b => Assert.InRange(b.Count, 1, batchSize));
                Assert.True(before != batchSize || begun.Count == 0
                    || batches.Take(begun.Count).SequenceEqual(begun) || size == begun[^1].Last + 1);
            }
        }
    }
}
