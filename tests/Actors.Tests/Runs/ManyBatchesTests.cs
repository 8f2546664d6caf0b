using Cairn.Actors.Cluster;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Runs;

/// <summary>Runs of many batches: whatever is said or kept of all of them fits into its message, its row and its place in memory.</summary>
public sealed class ManyBatchesTests
{
    [Fact]
    public void A_snapshot_of_many_batches_is_kept_and_read_though_it_is_larger_than_a_message()
    {
        var draw = new Random(1);
        var entries = Enumerable.Range(0, 60_000).Select(i => new BatchEntry(new(i, i), BatchState.Completed, 1)
        {
            Newest = new NewestSession(FormattableString.Invariant($"commit_{i:00000000}_{draw.NextInt64():x16}"), TimeSpan.FromHours(i)),
            Error = FormattableString.Invariant($"{draw.NextInt64():x16}{draw.NextInt64():x16}"),
        });
        var book = RunBook.Of(PureKeeper.Opened(1).Book.ToSnapshot() with { Batches = [.. entries] });

        var bytes = CairnMessages.Table.Write(PackedSnapshot.Pack(book.ToSnapshot()));
        var read = PackedSnapshot.Unpack<RunBookSnapshot>(CairnMessages.Table.Read("snapshot/1", bytes))!;

        Assert.True(bytes.Length > MessageTable.MaxBytes, $"{bytes.Length} bytes");
        Assert.Equal(book.ToRow(), RunBook.Of(read).ToRow());
    }

    [Fact]
    public void The_largest_number_of_batches_of_a_run_fits_into_one_message()
    {
        var all = Enumerable.Range(0, RunWork.MaxBatches).Select(i => new BatchOnDisk(new(10 * i, (10 * i) + 9), 10)).ToList();
        Assert.InRange(CairnMessages.Table.Write(new OpeningReport("winds-1", 1, 1, all)).Length, 1, MessageTable.MaxBytes);
    }

    [Fact]
    public void A_closing_fits_into_a_message_however_many_batches_failed_and_of_whatever()
    {
        var error = new string('é', 5000);
        var entries = Enumerable.Range(0, RunWork.MaxBatches)
            .Select(i => new BatchEntry(new(10 * i, (10 * i) + 9), BatchState.Failed, 1) { Error = error });
        var closing = new BatchEntry(RunWork.Closing, BatchState.Waiting, 0);
        var book = RunBook.Of(PureKeeper.Opened(1).Book.ToSnapshot() with { Batches = [closing, .. entries] });

        var order = RunDecisions.Decide(
            book, new GrantBatch(RunWork.Closing, [new NodeShare("a", "a", "a", 1)]), DateTimeOffset.UnixEpoch).Orders.Single();

        Assert.InRange(CairnMessages.Table.Write(order.Message).Length, 1, MessageTable.MaxBytes);
        Assert.Equal(RunWork.MaxBatches, ((ClosingGrant)order.Message).Failures.Count);
    }

    [Fact]
    public void A_batch_that_ran_before_is_found_behind_any_number_of_others()
    {
        var keeper = PureKeeper.Opened(1000);
        keeper.Grant(999, "b");
        keeper.Decide(new NodeGone("b", true, "it left"));
        var node = new NodeInfo("b", "b", 1, "b", "test", 1, false, ["cpu"], []);
        var placed = Assert.Single(Placement.Place([keeper.Book], [new NodeRoom(node, true, 0)]));
        Assert.Equal((999, "b"), (placed.Grant.Batch.First, placed.Grant.Shares[0].Node));
    }

    [Fact]
    public void The_book_knows_what_each_node_has_as_it_is_granted_ends_is_lost_and_comes_out_of_a_snapshot()
    {
        var keeper = PureKeeper.Opened(5, PureKeeper.Submission(slots: 2, spans: true));
        var draw = new Random(7);
        string[] nodes = ["a", "b", "c"];
        for (var i = 0; i < 200; i++)
        {
            var member = draw.Next(5);
            switch (draw.Next(4))
            {
                case 0 when keeper.Batch(member).State == BatchState.Waiting:
                    keeper.Grant(member, [.. nodes.OrderBy(_ => draw.Next()).Take(2)]);
                    break;
                case 1 when keeper.Batch(member).State == BatchState.Granted:
                    keeper.Report(member, keeper.Batch(member).GrantEpoch, new BatchStopped(1, TimeSpan.FromHours(1), 1));
                    break;
                case 2:
                    keeper.Decide(new NodeGone(nodes[draw.Next(3)], true, "it left"));
                    break;
                case 3:
                    keeper.Decide(new RequestEpoch(PureKeeper.Id, new(member, member), keeper.Batch(member).GrantEpoch, 0));
                    break;
            }

            AssertHoldings(keeper.Book);
            AssertHoldings(RunBook.Of(keeper.Book.ToSnapshot()));
        }
    }

    /// <summary>What is kept by node and by state is what the batches themselves say.</summary>
    private static void AssertHoldings(RunBook book)
    {
        var shares = book.Batches.Values.Where(b => b.State == BatchState.Granted)
            .SelectMany(b => b.Shares.Select(s => (s.Node, s.Slots, b.Batch.First))).ToLookup(s => s.Node);
        Assert.Equal(shares.Select(s => s.Key).Order(), book.Holdings.Keys.Order());
        foreach (var node in shares)
        {
            Assert.Equal(node.Sum(s => s.Slots), book.Holdings[node.Key].Slots);
            Assert.Equal(node.Select(s => s.First).Order(), book.GrantedTo(node.Key).Select(b => b.Batch.First));
        }

        var again = book.Batches.Values.Where(b => b is { State: BatchState.Waiting, Node: not null }).Select(b => b.Batch.First);
        Assert.True(book.WaitingAgain.SetEquals(again), string.Join(' ', book.WaitingAgain));
    }
}
