using Cairn.Storage.Ledger;

namespace Cairn.Storage.Tests.Ledger;

public abstract partial class LedgerConformance
{
    [SkippableFact]
    public async Task A_claim_is_a_lease_under_a_new_epoch_and_an_attempt()
    {
        var run = await OpenRunAsync(1);
        var claimed = await ClaimOneAsync(await NodeAsync("a"));
        Assert.Equal(new Lease(new(run, 0), "a", 1), claimed.Lease);
        Assert.Equal((0, 1, "winds", 1, null), (claimed.Last, claimed.Slots, claimed.RunName, claimed.Attempt, claimed.NewestSession));
        Assert.Equal((await RunAsync(run)).Spec, claimed.Spec);
        var batch = await BatchAsync(claimed.Lease.Batch);
        Assert.Equal((BatchState.Leased, 1, "a", 1, 0), (batch.State, batch.Epoch, batch.Node, batch.Attempts, batch.Losses));
        var attempt = (await Ledger.AttemptsAsync(run, None))[^1];
        Assert.Equal((1, 1, "a", null, null), (attempt.Number, attempt.Epoch, attempt.Node, attempt.Outcome, attempt.EndedAt));
        Assert.Equal("batch claimed", (await KindsAsync(run))[^1]);
    }

    [SkippableFact]
    public async Task Nobody_claims_what_is_leased()
    {
        await OpenRunAsync(1);
        await ClaimOneAsync(await NodeAsync("a"));
        Assert.Empty(await ClaimAsync(await NodeAsync("b")));
        Assert.Empty(await ClaimAsync("a"));
    }

    [SkippableFact]
    public async Task A_node_that_the_ledger_does_not_know_or_that_drains_or_has_left_claims_nothing()
    {
        await OpenRunAsync(3);
        Assert.Empty(await ClaimAsync("stranger"));
        await Ledger.DrainAsync(await NodeAsync("drained"), None);
        Assert.Empty(await ClaimAsync("drained"));
        await Ledger.LeaveAsync(await NodeAsync("gone"), None);
        Assert.Empty(await ClaimAsync("gone"));
        Assert.Single(await ClaimAsync(await NodeAsync("a")));
    }

    [SkippableFact]
    public async Task A_claim_takes_no_more_than_it_may_and_than_fits_its_free_slots()
    {
        await OpenRunAsync(5, Submission(slots: 2));
        await NodeAsync("a", slots: 8);
        Assert.Empty(await ClaimAsync("a", limit: 5, free: 1));
        Assert.Equal(2, (await ClaimAsync("a", limit: 5, free: 5)).Count);
        Assert.Single(await ClaimAsync("a", limit: 1, free: 8));
        Assert.Equal(2, (await ClaimAsync("a", limit: 5, free: 8)).Count);
    }

    [SkippableFact]
    public async Task A_smaller_batch_fits_where_a_larger_one_does_not()
    {
        await OpenRunAsync(1, Submission("wide", slots: 4));
        var narrow = await OpenRunAsync(1, Submission("narrow"));
        var claimed = await ClaimAsync(await NodeAsync("a"), limit: 4, free: 2);
        Assert.Equal([narrow], claimed.Select(c => c.Lease.Batch.RunId));
    }

    [SkippableFact]
    public async Task Batches_go_to_nodes_that_have_what_their_run_requires()
    {
        var gpu = await OpenRunAsync(1, Submission("gpu", gpu: true));
        var big = await OpenRunAsync(1, Submission("big", label: "big"));
        Assert.Empty(await ClaimAsync(await NodeAsync("plain"), 4));
        Assert.False((await BeatAsync("plain")).Waiting);
        Assert.True((await BeatAsync(await NodeAsync("g", gpu: true))).Waiting);
        Assert.Equal([gpu], (await ClaimAsync("g", 4)).Select(c => c.Lease.Batch.RunId));
        Assert.Equal([big], (await ClaimAsync(await NodeAsync("b", 4, false, "small", "big"), 4)).Select(c => c.Lease.Batch.RunId));
    }

    [SkippableFact]
    public async Task Priority_goes_before_age()
    {
        var old = await OpenRunAsync(1, Submission("old"));
        var urgent = await OpenRunAsync(1, Submission("urgent", priority: 5));
        var node = await NodeAsync("a");
        Assert.Equal([urgent, old], (await ClaimAsync(node, 4)).Select(c => c.Lease.Batch.RunId));
    }

    [SkippableFact]
    public async Task A_big_run_does_not_starve_a_small_one()
    {
        var big = await OpenRunAsync(40, Submission("big"));
        var small = await OpenRunAsync(2, Submission("small"));
        var node = await NodeAsync("a");
        var order = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            order.Add((await ClaimOneAsync(node)).Lease.Batch.RunId);
        }

        Assert.Equal([big, small, big, small, big, big], order);
    }

    [SkippableFact]
    public async Task Claims_of_several_at_once_take_turns_as_claims_one_by_one_do()
    {
        var big = await OpenRunAsync(40, Submission("big"));
        var small = await OpenRunAsync(2, Submission("small"));
        var claimed = await ClaimAsync(await NodeAsync("a"), 6);
        Assert.Equal([big, small, big, small, big, big], claimed.Select(c => c.Lease.Batch.RunId));
    }

    [SkippableFact]
    public async Task A_batch_prefers_the_node_that_ran_it_last()
    {
        await OpenRunAsync(4);
        await NodeAsync("a");
        await NodeAsync("b");
        var leases = new List<Lease>();
        foreach (var node in new[] { "a", "b", "a", "b" })
        {
            leases.Add((await ClaimOneAsync(node)).Lease);
        }

        foreach (var lease in leases)
        {
            await EndAsync(lease, AttemptOutcome.HandedBack);
        }

        Assert.Equal([1, 3], (await ClaimAsync("b", 2)).Select(c => c.Lease.Batch.First));
        Assert.Equal([0, 2], (await ClaimAsync("a", 2)).Select(c => c.Lease.Batch.First));
    }

    [SkippableFact]
    public async Task A_lapsed_lease_is_taken_over_with_the_session_that_it_got_to()
    {
        var run = await OpenRunAsync(1);
        var first = await ClaimOneAsync(await NodeAsync("a"));
        var epoch = await Ledger.BeginEpochAsync(first.Lease, 0, None);
        await Ledger.RecordSessionAsync(first.Lease, new("s1", epoch, TimeSpan.FromHours(6)), None);
        await NodeAsync("b");
        await AdvanceAsync(LeaseTime - TimeSpan.FromSeconds(1));
        Assert.Empty(await ClaimAsync("b"));
        await AdvanceAsync(TimeSpan.FromSeconds(2));
        var second = await ClaimOneAsync("b");
        Assert.Equal((epoch + 1, "s1", 2), (second.Lease.Epoch, second.NewestSession, second.Attempt));
        Assert.Equal(1, (await BatchAsync(new(run, 0))).Losses);
        var lost = (await Ledger.AttemptsAsync(run, None))[^2];
        Assert.Equal(("a", "lost"), (lost.Node, lost.Outcome));
        Assert.NotNull(lost.EndedAt);
        Assert.Equal(["batch lost", "batch claimed"], (await KindsAsync(run))[^2..]);
    }

    [SkippableFact]
    public async Task A_batch_that_took_too_many_nodes_with_it_is_quarantined()
    {
        var run = await OpenRunAsync(1, Submission(quarantineAfter: 2));
        await ClaimOneAsync(await NodeAsync("a"));
        await LetLeasesLapseAsync();
        await ClaimOneAsync(await NodeAsync("b"));
        await LetLeasesLapseAsync();
        var closing = await ClaimOneAsync(await NodeAsync("c"));
        Assert.Equal(BatchKey.Closing(run), closing.Lease.Batch);
        Assert.Contains("quarantined", closing.Failures.Single().Error, StringComparison.Ordinal);
        var batch = await BatchAsync(new(run, 0));
        Assert.Equal((BatchState.Failed, 2), (batch.State, batch.Losses));
        Assert.Contains("batch quarantined", await KindsAsync(run));
        await EndAsync(closing.Lease);
        Assert.Equal(RunState.Failed, (await RunAsync(run)).State);
    }

    [SkippableFact]
    public async Task A_session_is_progress_and_losses_count_from_there()
    {
        var run = await OpenRunAsync(1, Submission(quarantineAfter: 2));
        foreach (var node in new[] { "a", "b", "c", "d" })
        {
            var claimed = await ClaimOneAsync(await NodeAsync(node));
            Assert.Equal(0, claimed.Lease.Batch.First);
            await Ledger.RecordSessionAsync(claimed.Lease, new($"s-{node}", claimed.Lease.Epoch, TimeSpan.FromHours(1)), None);
            Assert.Equal(0, (await BatchAsync(new(run, 0))).Losses);
            await LetLeasesLapseAsync();
        }
    }

    [SkippableFact]
    public async Task An_opening_that_takes_nodes_with_it_fails_its_run()
    {
        var run = await SubmitAsync(Submission(quarantineAfter: 1));
        await ClaimOneAsync(await NodeAsync("a"));
        await LetLeasesLapseAsync();
        Assert.Empty(await ClaimAsync(await NodeAsync("b")));
        Assert.Equal(RunState.Failed, (await RunAsync(run)).State);
    }

    [SkippableFact]
    public async Task A_claim_whose_answer_was_lost_is_answered_again()
    {
        var run = await OpenRunAsync(3);
        await NodeAsync("a");
        var held = await ClaimOneAsync("a");
        var lost = await ClaimOneAsync("a");
        await AdvanceAsync(LeaseTime * 0.8);
        await BeatAsync("a", held.Lease);
        var again = await Ledger.ClaimAsync(new("a", LeaseTime, 4, 2, [held.Lease]), None);
        Assert.Equal([lost.Lease, new(new(run, 2), "a", 1)], again.Select(c => c.Lease));
        Assert.Equal((lost.Attempt, lost.Spec), (again[0].Attempt, again[0].Spec));
        Lease[] all = [held.Lease, .. again.Select(c => c.Lease)];
        Assert.Empty(await Ledger.ClaimAsync(new("a", LeaseTime, 4, 2, all), None));
        await AdvanceAsync(LeaseTime * 0.8);
        Assert.Equal(2, (await Ledger.ClaimAsync(new("a", LeaseTime, 4, 2, []), None)).Count(c => c.Lease.Batch.First > 0));
        Assert.Equal(0, (await BatchAsync(new(run, 1))).Losses);
    }

    [SkippableFact]
    public async Task Epochs_only_grow_whoever_allots_them()
    {
        await OpenRunAsync(1);
        var epochs = new List<int>();
        foreach (var node in new[] { "a", "b", "c" })
        {
            var lease = (await ClaimOneAsync(await NodeAsync(node))).Lease;
            epochs.Add(lease.Epoch);
            epochs.Add(await Ledger.BeginEpochAsync(lease, 0, None));
            epochs.Add(await Ledger.BeginEpochAsync(lease, 10 * epochs[^1], None));
            Assert.Equal((10 * epochs[^2]) + 1, epochs[^1]);
            await LetLeasesLapseAsync();
        }

        Assert.Equal(epochs.Order().Distinct(), epochs);
    }
}
