using Cairn.Storage.Ledger;

namespace Cairn.Storage.Tests.Ledger;

public abstract partial class LedgerConformance
{
    [SkippableFact]
    public async Task Commands_about_a_run_that_is_not_there_say_so()
    {
        Assert.Equal(RunCommandOutcome.NoSuchRun, await Ledger.CancelAsync("nobody-1", None));
        Assert.Equal(RunCommandOutcome.NoSuchRun, await Ledger.RetryAsync("nobody-1", None));
        Assert.False(await Ledger.DrainAsync("nobody", None));
    }

    [SkippableFact]
    public async Task A_run_that_nobody_opened_is_cancelled_at_once()
    {
        var run = await SubmitAsync();
        Assert.Equal(RunCommandOutcome.Done, await Ledger.CancelAsync(run, None));
        Assert.Equal(RunCommandOutcome.Done, await Ledger.CancelAsync(run, None));
        var row = await RunAsync(run);
        Assert.Equal((RunState.Cancelled, true), (row.State, row.CancelRequested));
        Assert.NotNull(row.EndedAt);
        Assert.Empty(await ClaimAsync(await NodeAsync("a")));
        Assert.Equal(["run submitted", "run cancel requested", "run cancelled"], await KindsAsync(run));
    }

    [SkippableFact]
    public async Task A_run_that_is_being_opened_is_cancelled_when_its_opening_is_handed_back()
    {
        var run = await SubmitAsync();
        var opening = (await ClaimOneAsync(await NodeAsync("a"))).Lease;
        await Ledger.CancelAsync(run, None);
        Assert.Equal([opening], (await BeatAsync("a", opening)).Cancelled);
        await EndAsync(opening, AttemptOutcome.HandedBack);
        Assert.Equal(RunState.Cancelled, (await RunAsync(run)).State);
    }

    [SkippableFact]
    public async Task A_run_that_is_opened_although_it_was_cancelled_has_nothing_to_step()
    {
        var run = await SubmitAsync();
        var opening = (await ClaimOneAsync(await NodeAsync("a"))).Lease;
        await Ledger.CancelAsync(run, None);
        await Ledger.OpenedAsync(opening, new([(0, 0), (1, 1)]), None);
        var closing = await ClaimOneAsync("a");
        Assert.Equal((BatchKey.Closing(run), true), (closing.Lease.Batch, closing.IsCancelled));
        await EndAsync(closing.Lease);
        Assert.Equal(RunState.Cancelled, (await RunAsync(run)).State);
    }

    [SkippableFact]
    public async Task Cancelling_withdraws_what_waits_and_tells_who_holds_a_batch()
    {
        var run = await OpenRunAsync(3);
        var leases = (await ClaimAsync(await NodeAsync("a"), 2)).Select(c => c.Lease).ToArray();
        Assert.Equal(RunCommandOutcome.Done, await Ledger.CancelAsync(run, None));
        Assert.Equal(BatchState.Cancelled, (await BatchAsync(new(run, 2))).State);
        var answer = await BeatAsync("a", leases);
        Assert.Equal(leases, answer.Renewed.OrderBy(l => l.Batch.First));
        Assert.Equal(leases, answer.Cancelled.OrderBy(l => l.Batch.First));
        await EndAsync(leases[0], AttemptOutcome.HandedBack);
        await EndAsync(leases[1]);
        var closing = await ClaimOneAsync("a");
        Assert.True(closing.IsCancelled);
        Assert.Empty((await BeatAsync("a", closing.Lease)).Cancelled);
        await EndAsync(closing.Lease);
        var row = await RunAsync(run);
        Assert.Equal((RunState.Cancelled, 3, 1), (row.State, row.Batches, row.Completed));
        Assert.Equal(BatchState.Cancelled, (await BatchAsync(new(run, 0))).State);
    }

    [SkippableFact]
    public async Task A_cancelled_runs_lapsed_lease_is_not_given_to_another_node()
    {
        var run = await OpenRunAsync(1);
        await ClaimOneAsync(await NodeAsync("a"));
        await Ledger.CancelAsync(run, None);
        await LetLeasesLapseAsync();
        var closing = await ClaimOneAsync(await NodeAsync("b"));
        Assert.Equal(BatchKey.Closing(run), closing.Lease.Batch);
        Assert.Equal(BatchState.Cancelled, (await BatchAsync(new(run, 0))).State);
    }

    [SkippableFact]
    public async Task A_closing_that_is_handed_back_waits_again_even_in_a_cancelled_run()
    {
        var run = await OpenRunAsync(1);
        await Ledger.CancelAsync(run, None);
        await EndAsync((await ClaimOneAsync(await NodeAsync("a"))).Lease, AttemptOutcome.HandedBack);
        await EndAsync((await ClaimOneAsync("a")).Lease);
        Assert.Equal(RunState.Cancelled, (await RunAsync(run)).State);
    }

    [SkippableFact]
    public async Task A_run_that_has_ended_cannot_be_cancelled_and_one_that_has_not_cannot_be_retried()
    {
        var run = await OpenRunAsync(1);
        Assert.Equal(RunCommandOutcome.NotApplicable, await Ledger.RetryAsync(run, None));
        await FinishAsync(await NodeAsync("a"));
        Assert.Equal(RunCommandOutcome.NotApplicable, await Ledger.CancelAsync(run, None));
        Assert.Equal(RunCommandOutcome.NotApplicable, await Ledger.RetryAsync(run, None));
        Assert.Equal(RunState.Completed, (await RunAsync(run)).State);
    }

    [SkippableFact]
    public async Task A_retry_reruns_only_what_failed_and_epochs_go_on()
    {
        var run = await OpenRunAsync(2);
        var leases = (await ClaimAsync(await NodeAsync("a"), 2)).Select(c => c.Lease).ToArray();
        await EndAsync(leases[0]);
        await Ledger.RecordSessionAsync(leases[1], new("s1", leases[1].Epoch, TimeSpan.FromHours(6)), None);
        await EndAsync(leases[1], AttemptOutcome.Failed, "no");
        await FinishAsync("a");
        Assert.Equal(RunState.Failed, (await RunAsync(run)).State);
        Assert.Equal(RunCommandOutcome.Done, await Ledger.RetryAsync(run, None));
        Assert.Equal(RunCommandOutcome.Done, await Ledger.RetryAsync(run, None));
        var row = await RunAsync(run);
        Assert.Equal((RunState.Running, null, null, 1, 0), (row.State, row.Error, row.EndedAt, row.Completed, row.Failed));
        var again = await ClaimOneAsync("a");
        Assert.Equal(new Lease(new(run, 1), "a", leases[1].Epoch + 1), again.Lease);
        Assert.Equal(("s1", 2), (again.NewestSession, again.Attempt));
        Assert.Empty(await ClaimAsync("a"));
        await EndAsync(again.Lease);
        await FinishAsync("a");
        Assert.Equal((RunState.Completed, 2), ((await RunAsync(run)).State, (await RunAsync(run)).Completed));
        Assert.Single(await KindsAsync(run), "run retried");
    }

    [SkippableFact]
    public async Task A_retried_run_may_be_cancelled_and_retried_again()
    {
        var run = await OpenRunAsync(1);
        await NodeAsync("a");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(RunCommandOutcome.Done, await Ledger.CancelAsync(run, None));
            await FinishAsync("a");
            Assert.Equal(RunState.Cancelled, (await RunAsync(run)).State);
            Assert.Equal(RunCommandOutcome.Done, await Ledger.RetryAsync(run, None));
        }

        await FinishAsync("a");
        Assert.Equal(RunState.Completed, (await RunAsync(run)).State);
    }

    [SkippableFact]
    public async Task A_run_whose_opening_failed_or_was_withdrawn_is_opened_by_a_retry()
    {
        await NodeAsync("a");
        var failed = await SubmitAsync();
        await EndAsync((await ClaimOneAsync("a")).Lease, AttemptOutcome.Failed, "no such model");
        var cancelled = await SubmitAsync();
        await Ledger.CancelAsync(cancelled, None);
        foreach (var run in new[] { failed, cancelled })
        {
            Assert.Equal(RunCommandOutcome.Done, await Ledger.RetryAsync(run, None));
            Assert.Equal(RunState.Submitted, (await RunAsync(run)).State);
            await Ledger.OpenedAsync((await ClaimOneAsync("a")).Lease, new([(0, 0)]), None);
            await FinishAsync("a");
            Assert.Equal(RunState.Completed, (await RunAsync(run)).State);
        }
    }

    [SkippableFact]
    public async Task A_retry_of_a_failed_closing_steps_nothing_again()
    {
        var run = await OpenRunAsync(1);
        await EndAsync((await ClaimOneAsync(await NodeAsync("a"))).Lease);
        await EndAsync((await ClaimOneAsync("a")).Lease, AttemptOutcome.Failed, "no room");
        await Ledger.RetryAsync(run, None);
        Assert.Equal(BatchKey.Closing(run), (await ClaimOneAsync("a")).Lease.Batch);
    }

    [SkippableFact]
    public async Task A_quarantined_batch_has_its_chances_again_after_a_retry()
    {
        var run = await OpenRunAsync(1, Submission(quarantineAfter: 1));
        await ClaimOneAsync(await NodeAsync("a"));
        await LetLeasesLapseAsync();
        await FinishAsync("a");
        Assert.Equal(RunState.Failed, (await RunAsync(run)).State);
        await Ledger.RetryAsync(run, None);
        Assert.Equal(0, (await BatchAsync(new(run, 0))).Losses);
        await FinishAsync("a");
        Assert.Equal(RunState.Completed, (await RunAsync(run)).State);
    }
}
