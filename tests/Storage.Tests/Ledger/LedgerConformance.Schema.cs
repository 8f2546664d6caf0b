using Cairn.Storage.Ledger;

namespace Cairn.Storage.Tests.Ledger;

public abstract partial class LedgerConformance
{
    [SkippableFact]
    public async Task A_ledger_that_is_opened_again_holds_what_it_held()
    {
        var run = await SubmitAsync();
        for (var i = 0; i < 2; i++)
        {
            var again = await AnotherAsync();
            await using (again)
            {
                Assert.Equal(run, (await again.RunsAsync(10, null, None)).Single().RunId);
            }
        }
    }

    [SkippableFact]
    public async Task A_call_that_is_given_up_ends_as_such()
    {
        using var cancelled = new CancellationTokenSource();
        var ledger = Ledger;
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ledger.RunsAsync(10, null, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ledger.SubmitAsync(Submission(), cancelled.Token));
        Assert.Empty(await ledger.RunsAsync(10, null, None));
    }

    [SkippableFact]
    public async Task The_last_two_batches_that_end_at_once_still_lead_to_the_closing()
    {
        const int Batches = 12;
        var run = await OpenRunAsync(Batches);
        var leases = (await ClaimAsync(await NodeAsync("a"), Batches)).Select(c => c.Lease).ToList();
        await Task.WhenAll(leases.Select(l => EndAsync(l)));
        Assert.True((await BeatAsync("a")).Waiting);
        var closing = await ClaimOneAsync("a");
        Assert.Equal(BatchKey.Closing(run), closing.Lease.Batch);
        await EndAsync(closing.Lease);
        Assert.Equal((RunState.Completed, Batches), ((await RunAsync(run)).State, (await RunAsync(run)).Completed));
    }

    [SkippableFact]
    public async Task Submissions_that_race_for_one_path_or_one_key_give_one_run()
    {
        var ledgers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AnotherAsync()));
        var keyed = Submission(key: "once");
        var runs = await Task.WhenAll(ledgers.Select(l => l.SubmitAsync(keyed, None)));
        Assert.Single(runs.Select(r => r.RunId).Distinct());
        Assert.Single(runs, r => r.IsNew);
        var shared = Submission(path: "/scratch/shared");
        var outcomes = await Task.WhenAll(ledgers.Select(l => Record.ExceptionAsync(() => l.SubmitAsync(shared, None))));
        Assert.Single(outcomes, e => e is null);
        Assert.All(outcomes.OfType<Exception>(), e => Assert.IsType<SpecException>(e));
        Assert.Equal(2, (await Ledger.RunsAsync(10, null, None)).Count);
        foreach (var ledger in ledgers)
        {
            await ledger.DisposeAsync();
        }
    }

    [SkippableFact]
    public async Task Handing_back_and_cancelling_at_once_leaves_nothing_waiting_in_a_cancelled_run()
    {
        await NodeAsync("a");
        for (var i = 0; i < 10; i++)
        {
            var run = await OpenRunAsync(3);
            var leases = (await ClaimAsync("a", 3)).Select(c => c.Lease).ToList();
            await Task.WhenAll([Ledger.CancelAsync(run, None), .. leases.Select(l => EndAsync(l, AttemptOutcome.HandedBack))]);
            var members = (await Ledger.BatchesAsync(run, None)).Where(b => b.Key.First >= 0);
            Assert.All(members, b => Assert.Equal(BatchState.Cancelled, b.State));
            await FinishAsync("a");
            Assert.Equal(RunState.Cancelled, (await RunAsync(run)).State);
        }
    }
}
