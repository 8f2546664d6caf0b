using Cairn.Actors.Runs;

namespace Cairn.Actors.Tests.Runs;

/// <summary>Which batch goes where, and why others wait.</summary>
public sealed class PlacementTests
{
    [Fact]
    public void Batches_fill_the_slots_of_the_nodes_and_no_more()
    {
        var placed = Placement.Place([PureKeeper.Opened(9).Book], [Room("a", 2), Room("b", 3, used: 1)]);
        Assert.Equal(4, placed.Count);
        Assert.Equal(["a", "a", "b", "b"], placed.Select(p => p.Grant.Shares.Single().Node).Order());
        Assert.Equal([0, 1, 2, 3], placed.Select(p => p.Grant.Batch.First));
    }

    [Fact]
    public void Priority_goes_before_age_and_openings_before_batches()
    {
        var old = PureKeeper.Opened(3, PureKeeper.Submission(number: 1));
        var urgent = PureKeeper.Opened(1, PureKeeper.Submission(number: 2, priority: 1));
        var unopened = new PureKeeper(PureKeeper.Submission(number: 3));
        var placed = Placement.Place([old.Book, urgent.Book, unopened.Book], [Room("a", 3)]);
        Assert.Equal(["winds-2", "winds-3", "winds-1"], placed.Select(p => p.RunId));
    }

    [Fact]
    public void A_big_run_does_not_starve_a_small_one()
    {
        var big = PureKeeper.Opened(100, PureKeeper.Submission(number: 1));
        for (var i = 0; i < 5; i++)
            big.Grant(i, "a");

        var small = PureKeeper.Opened(3, PureKeeper.Submission(number: 2));
        var placed = Placement.Place([big.Book, small.Book], [Room("a", 9, used: 5)]);
        Assert.Equal(["winds-2", "winds-2", "winds-2", "winds-1"], placed.Select(p => p.RunId));
    }

    [Fact]
    public void A_batch_prefers_the_node_that_ran_it_last()
    {
        var keeper = PureKeeper.Opened(4);
        keeper.Grant(2, "b");
        keeper.Decide(new NodeGone("b", true, "it left"));
        Assert.Equal((2, "b"), One(Placement.Place([keeper.Book], [Room("b", 1)])));
        var both = Placement.Place([keeper.Book], [Room("a", 3), Room("b", 1)]);
        Assert.Equal("b", both.Single(p => p.Grant.Batch.First == 2).Grant.Shares[0].Node);
        Assert.Equal((0, "a"), One(Placement.Place([keeper.Book], [Room("a", 1), Room("b", 1, used: 1)])));
    }

    [Fact]
    public void Batches_go_to_nodes_that_have_what_their_run_requires()
    {
        var gpu = PureKeeper.Opened(1, PureKeeper.Submission(number: 1, requires: new(true, null)));
        var label = PureKeeper.Opened(1, PureKeeper.Submission(number: 2, requires: new(false, "big")));
        NodeRoom[] nodes = [Room("a", 9), Room("b", 1, labels: "big")];
        Assert.Equal((0, "b"), One(Placement.Place([gpu.Book, label.Book], nodes)));
        Assert.Equal("no node has a GPU", Why(gpu, nodes));
        Assert.Equal("no node has the label \"big\"", Why(label, [Room("a", 9)]));
        Assert.Equal("all suitable slots are taken", Why(label, [Room("a", 9), Room("b", 1, used: 1, labels: "big")]));
    }

    [Fact]
    public void Of_several_requirements_the_first_that_no_node_meets_with_the_earlier_ones_is_named()
    {
        var both = PureKeeper.Opened(1, PureKeeper.Submission(number: 1, requires: new(true, "big")));
        var (plain, gpu) = (Room("a", 9, labels: "big"), Room("b", 9));
        gpu = gpu with { Node = gpu.Node with { Devices = ["cpu", "cuda:0"] } };
        Assert.Equal("no node has a GPU", Why(both, [plain]));
        Assert.Equal("no node with a GPU has the label \"big\"", Why(both, [plain, gpu]));
        var all = gpu with { Node = gpu.Node with { Id = "c", Labels = ["big"] } };
        Assert.Equal((0, "c"), One(Placement.Place([both.Book], [plain, gpu, all])));
    }

    [Fact]
    public void A_run_with_kinds_of_an_extension_goes_to_a_node_that_has_it()
    {
        var run = PureKeeper.Opened(1, PureKeeper.Submission(number: 1, requires: new(false, null) { Extensions = ["Pasture"] }));
        var (without, with) = (Room("a", 9), Room("b", 1));
        with = with with { Node = with.Node with { Extensions = ["Meadow", "Pasture"] } };
        Assert.Equal("no node has the extension Pasture", Why(run, [without]));
        Assert.Equal((0, "b"), One(Placement.Place([run.Book], [without, with])));
    }

    [Fact]
    public void What_fits_no_node_says_so_and_holds_nobody_up()
    {
        var large = PureKeeper.Opened(1, PureKeeper.Submission(number: 1, slots: 4));
        var small = PureKeeper.Opened(1, PureKeeper.Submission(number: 2));
        Assert.Equal("winds-2", Assert.Single(Placement.Place([large.Book, small.Book], [Room("a", 2)])).RunId);
        Assert.Equal("needs 4 slots, the largest node has 2", Why(large, [Room("a", 2)]));
        Assert.Equal("there is no node", Why(large, []));
        Assert.Contains("drain", Why(large, [Room("a", 2) with { IsOpen = false }])!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_batch_is_not_passed_by_for_ever()
    {
        var large = PureKeeper.Opened(1, PureKeeper.Submission(number: 1, slots: 2));
        var small = PureKeeper.Opened(9, PureKeeper.Submission(number: 2));
        small.Grant(0, "a");
        Assert.Empty(Placement.Place([large.Book, small.Book], [Room("a", 2, used: 1)]));
        Assert.Equal("winds-2", Assert.Single(Placement.Place([large.Book, small.Book], [Room("a", 2, used: 1), Room("b", 1)])).RunId);
        Assert.Equal("winds-1", Placement.Place([large.Book, small.Book], [Room("a", 2)])[0].RunId);
    }

    [Fact]
    public void A_node_that_takes_larger_batches_steps_them_alone()
    {
        var large = PureKeeper.Opened(2, PureKeeper.Submission(slots: 4));
        var node = Room("a", 2) with { Node = Room("a", 2).Node with { TakesLarger = true } };
        Assert.Equal((0, "a"), One(Placement.Place([large.Book], [node])));
        Assert.Empty(Placement.Place([large.Book], [node with { Used = 1 }]));
    }

    [Fact]
    public void Ranks_that_span_nodes_take_slots_of_several_where_none_is_large_enough()
    {
        var keeper = PureKeeper.Opened(1, PureKeeper.Submission(slots: 5, spans: true));
        var placed = Assert.Single(Placement.Place([keeper.Book], [Room("a", 2), Room("b", 4, used: 1), Room("c", 1)]));
        Assert.Equal([("b", 3), ("a", 2)], placed.Grant.Shares.Select(s => (s.Node, s.Slots)));
        Assert.Equal("a", Assert.Single(Placement.Place([keeper.Book], [Room("a", 5), Room("b", 4)])).Grant.Shares.Single().Node);
        Assert.Empty(Placement.Place([keeper.Book], [Room("a", 5, used: 1), Room("b", 4)]));
        Assert.Equal("needs 5 slots, all nodes together have 4", Why(keeper, [Room("a", 2), Room("b", 2)]));
    }

    [Fact]
    public void Of_a_paused_run_only_the_closing_is_placed()
    {
        var keeper = PureKeeper.Opened(1);
        keeper.Decide(new PauseRun(PureKeeper.Id));
        Assert.Empty(Placement.Place([keeper.Book], [Room("a", 2)]));
        Assert.Equal("the run is paused", Why(keeper, [Room("a", 2)]));
    }

    [Fact]
    public void Any_runs_on_any_nodes_are_placed_within_the_slots_and_what_fits_an_idle_cluster_is_placed_there()
    {
        for (var seed = 0; seed < 1_000; seed++)
        {
            var random = new Random(seed);
            var runs = Enumerable.Range(1, random.Next(1, 5)).Select(n => PureKeeper.Opened(
                random.Next(1, 12), PureKeeper.Submission(random.Next(1, 5), random.Next(2), number: n,
                    spans: random.Next(3) == 0)).Book).ToList();
            var nodes = Enumerable.Range(0, random.Next(1, 5)).Select(i => Room($"n{i}", random.Next(1, 5), random.Next(2))).ToList();
            var placed = Placement.Place(runs, nodes);
            foreach (var node in nodes)
            {
                var taken = placed.SelectMany(p => p.Grant.Shares).Where(s => s.Node == node.Node.Id).Sum(s => s.Slots);
                Assert.True(taken == 0 || node.Used + taken <= node.Node.Slots, $"seed {seed}: {taken} slots of {node}");
            }

            Assert.True(placed.Select(p => (p.RunId, p.Grant.Batch)).Distinct().Count() == placed.Count, $"seed {seed}: one placed twice");
            var idle = nodes.Select(n => n with { Used = 0 }).ToList();
            var anyFits = runs.Exists(r => Placement.WhyWaiting(r, r.Batches[0], idle) == "all suitable slots are taken");
            Assert.True(!anyFits || Placement.Place(runs, idle).Count > 0, $"seed {seed}: nothing is placed on idle nodes");
        }
    }

    private static NodeRoom Room(string id, int slots, int used = 0, params string[] labels) =>
        new(new NodeInfo(id, id, 1, id, "", slots, false, ["cpu"], labels), true, used);

    private static (int Member, string Node) One(IReadOnlyList<Placed> placed)
    {
        var grant = Assert.Single(placed).Grant;
        return (grant.Batch.First, grant.Shares.Single().Node);
    }

    private static string? Why(PureKeeper keeper, IReadOnlyList<NodeRoom> nodes) =>
        Placement.WhyWaiting(keeper.Book, keeper.Book.Batches[keeper.Book.Waiting[0]], nodes);
}
