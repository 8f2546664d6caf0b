using Cairn.Storage.Ledger;

namespace Cairn.Storage.Tests.Ledger;

public abstract partial class LedgerConformance
{
    [SkippableFact]
    public async Task A_registered_node_is_listed_with_what_it_holds()
    {
        await OpenRunAsync(2, Submission(slots: 2));
        await NodeAsync("a", slots: 8, gpu: true, "big", "fast");
        var leases = (await ClaimAsync("a", 2)).Select(c => c.Lease).ToArray();
        await BeatAsync("a", leases);
        await AdvanceAsync(TimeSpan.FromSeconds(3));
        var row = (await Ledger.NodesAsync(None)).Single(n => n.Node.NodeId == "a");
        Assert.Equal((NodeState.Up, 2, 4, 0.5), (row.State, row.Leases, row.UsedSlots, row.Load));
        Assert.Equal(("host-a", 4711, "0.1.0", 8, true), (row.Node.Host, row.Node.Pid, row.Node.Version, row.Node.Slots, row.Node.HasGpu));
        Assert.Equal(["big", "fast"], row.Node.Labels);
        Assert.InRange(row.SinceHeartbeat.TotalSeconds, 2.9, 13);
    }

    [SkippableFact]
    public async Task A_load_that_is_not_known_is_not_a_number()
    {
        await NodeAsync("a");
        await Ledger.HeartbeatAsync(new("a", LeaseTime, [], 0, double.NaN), None);
        Assert.Equal(double.NaN, (await Ledger.NodesAsync(None)).Single().Load);
    }

    [SkippableFact]
    public async Task A_node_that_is_not_heard_of_is_lost_and_later_left_out()
    {
        await NodeAsync("a");
        await BeatAsync("a");
        await LetLeasesLapseAsync();
        Assert.Equal(NodeState.Lost, (await Ledger.NodesAsync(None)).Single().State);
        Assert.True((await BeatAsync("a")).IsKnown);
        Assert.Equal(NodeState.Up, (await Ledger.NodesAsync(None)).Single().State);
        await AdvanceAsync(TimeSpan.FromHours(2));
        Assert.Empty(await Ledger.NodesAsync(None));
    }

    [SkippableFact]
    public async Task A_heartbeat_renews_what_a_node_holds_and_nothing_else()
    {
        var run = await OpenRunAsync(3);
        var mine = (await ClaimAsync(await NodeAsync("a"), 2)).Select(c => c.Lease).ToArray();
        var theirs = (await ClaimOneAsync(await NodeAsync("b"))).Lease;
        for (var i = 0; i < 4; i++)
        {
            await AdvanceAsync(LeaseTime * 0.8);
            var answer = await BeatAsync("a", [mine[0], theirs with { NodeId = "a" }, mine[1] with { Epoch = 9 }]);
            Assert.Equal([mine[0]], answer.Renewed);
            Assert.Equal((true, false), (answer.IsKnown, answer.Drain));
        }

        var lost = (await ClaimAsync("b", 4)).Select(c => c.Lease.Batch).OrderBy(b => b.First);
        Assert.Equal([mine[1].Batch, theirs.Batch], lost);
        Assert.Equal(0, (await BatchAsync(new(run, 0))).Losses);
    }

    [SkippableFact]
    public async Task A_stranger_is_told_that_it_is_not_known()
    {
        var run = await OpenRunAsync(1);
        var answer = await BeatAsync("stranger", new Lease(new(run, 0), "stranger", 1));
        Assert.False(answer.IsKnown);
        Assert.Empty(answer.Renewed);
    }

    [SkippableFact]
    public async Task A_heartbeat_tells_whether_there_is_something_to_claim()
    {
        await NodeAsync("a", slots: 2);
        Assert.False((await BeatAsync("a")).Waiting);
        await OpenRunAsync(1, Submission("wide", slots: 4));
        Assert.False((await BeatAsync("a")).Waiting);
        var run = await OpenRunAsync(1);
        Assert.True((await BeatAsync("a")).Waiting);
        var lease = (await ClaimAsync("a", free: 2)).Single().Lease;
        Assert.False((await BeatAsync("a", lease)).Waiting);
        await NodeAsync("b");
        await LetLeasesLapseAsync();
        Assert.True((await BeatAsync("b")).Waiting);
        await BeatAsync("a", lease);
        await EndAsync(lease);
        Assert.True((await BeatAsync("b")).Waiting);
        await FinishAsync("a");
        Assert.Equal(RunState.Completed, (await RunAsync(run)).State);
        Assert.False((await BeatAsync("a")).Waiting);
    }

    [SkippableFact]
    public async Task A_drained_node_is_told_and_stays_so_when_it_registers_again()
    {
        await OpenRunAsync(1);
        await NodeAsync("a");
        Assert.True(await Ledger.DrainAsync("a", None));
        Assert.True(await Ledger.DrainAsync("a", None));
        Assert.True((await BeatAsync("a")).Drain);
        await NodeAsync("a");
        Assert.True((await BeatAsync("a")).Drain);
        Assert.Equal(NodeState.Draining, (await Ledger.NodesAsync(None)).Single(n => n.Node.NodeId == "a").State);
        Assert.Equal(["node registered", "node drain requested"],
            (await Ledger.EventsAsync(null, 0, 100, None)).Where(e => e.Node == "a" && e.RunId is null).Select(e => e.Kind));
    }

    [SkippableFact]
    public async Task What_a_leaving_node_holds_may_be_claimed_at_once_and_is_no_loss()
    {
        var run = await OpenRunAsync(1);
        var stale = (await ClaimOneAsync(await NodeAsync("a"))).Lease;
        await Ledger.LeaveAsync("a", None);
        await Ledger.LeaveAsync("a", None);
        Assert.Equal(NodeState.Left, (await Ledger.NodesAsync(None)).Single(n => n.Node.NodeId == "a").State);
        Assert.False((await BeatAsync("a", stale)).IsKnown);
        Assert.Equal(2, (await ClaimOneAsync(await NodeAsync("b"))).Lease.Epoch);
        Assert.Equal(0, (await BatchAsync(new(run, 0))).Losses);
        Assert.Equal("handed back", (await Ledger.AttemptsAsync(run, None))[^2].Outcome);
        await Assert.ThrowsAsync<FencedException>(() => EndAsync(stale));
    }

    [SkippableFact]
    public async Task Leaving_with_a_batch_of_a_cancelled_run_ends_that_batch()
    {
        var run = await OpenRunAsync(1);
        await ClaimOneAsync(await NodeAsync("a"));
        await Ledger.CancelAsync(run, None);
        await Ledger.LeaveAsync("a", None);
        Assert.Equal(BatchState.Cancelled, (await BatchAsync(new(run, 0))).State);
        await FinishAsync(await NodeAsync("b"));
        Assert.Equal(RunState.Cancelled, (await RunAsync(run)).State);
    }
}
