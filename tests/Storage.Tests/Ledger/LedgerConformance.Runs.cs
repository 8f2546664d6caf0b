using Cairn.Storage.Ledger;

namespace Cairn.Storage.Tests.Ledger;

public abstract partial class LedgerConformance
{
    [SkippableFact]
    public async Task A_submitted_run_is_read_back_as_it_was_handed_in()
    {
        var run = Submission("january winds", priority: 3, slots: 2, gpu: true, label: "big", key: "k");
        var (id, isNew) = await Ledger.SubmitAsync(run, None);
        Assert.True(isNew);
        Assert.Matches("^january-winds-[0-9]+$", id);
        var row = await RunAsync(id);
        Assert.Equal(("january winds", RunState.Submitted, 3, 2), (row.Name, row.State, row.Priority, row.Slots));
        Assert.False(row.CancelRequested);
        Assert.Equal((run.Requires, run.CheckpointPath, run.Spec), (row.Requires, row.CheckpointPath, row.Spec));
        Assert.Equal((null, null, 0, 0, 0, 0), (row.Error, row.EndedAt, row.Batches, row.Completed, row.Failed, row.Leased));
        Assert.Equal(BatchKey.Opening(id), (await Ledger.BatchesAsync(id, None)).Single().Key);
        Assert.Equal(["run submitted"], await KindsAsync(id));
    }

    [SkippableFact]
    public async Task The_same_idempotency_key_gives_the_same_run()
    {
        var run = Submission(key: "once");
        var (id, isNew) = await Ledger.SubmitAsync(run, None);
        Assert.Equal((id, false), await Ledger.SubmitAsync(run, None));
        Assert.True(isNew);
        Assert.Single(await Ledger.RunsAsync(10, null, None));
        Assert.Equal(["run submitted"], await KindsAsync(id));
    }

    [SkippableFact]
    public async Task An_idempotency_key_is_refused_for_another_spec()
    {
        var id = await SubmitAsync(Submission(key: "once"));
        var refusal = await Assert.ThrowsAsync<SpecException>(() => Ledger.SubmitAsync(Submission("rain", key: "once"), None));
        Assert.Contains(id, refusal.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_checkpoint_path_belongs_to_one_run_until_that_has_ended()
    {
        var first = await SubmitAsync(Submission(path: "/scratch/same"));
        var refusal = await Assert.ThrowsAsync<SpecException>(() => Ledger.SubmitAsync(Submission(path: "/scratch/same"), None));
        Assert.Contains(first, refusal.Message, StringComparison.Ordinal);
        await Ledger.CancelAsync(first, None);
        var (second, isNew) = await Ledger.SubmitAsync(Submission(path: "/scratch/same"), None);
        Assert.True(isNew);
        Assert.NotEqual(first, second);
        Assert.Equal(RunCommandOutcome.NotApplicable, await Ledger.RetryAsync(first, None));
    }

    [SkippableFact]
    public async Task Runs_are_listed_newest_first_in_pages_without_their_specs()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Insert(0, await SubmitAsync());
        }

        var page = await Ledger.RunsAsync(2, null, None);
        Assert.Equal(ids[..2], page.Select(r => r.RunId));
        Assert.All(page, r => Assert.Null(r.Spec));
        Assert.Equal(ids[2..], (await Ledger.RunsAsync(10, ids[1], None)).Select(r => r.RunId));
        Assert.Null(await Ledger.RunAsync("nobody-1", None));
    }

    [SkippableFact]
    public async Task A_run_is_opened_stepped_and_closed()
    {
        var run = await OpenRunAsync(2);
        var node = await NodeAsync("a");
        Assert.Equal((RunState.Running, 2), ((await RunAsync(run)).State, (await RunAsync(run)).Batches));
        var batches = await ClaimAsync(node, 4);
        Assert.Equal([0, 1], batches.Select(b => b.Lease.Batch.First));
        Assert.Equal(2, (await RunAsync(run)).Leased);
        await EndAsync(batches[0].Lease);
        Assert.Empty(await ClaimAsync(node, 4));
        await EndAsync(batches[1].Lease);
        Assert.Equal(RunState.Running, (await RunAsync(run)).State);
        var closing = await ClaimOneAsync(node);
        Assert.Equal(BatchKey.Closing(run), closing.Lease.Batch);
        Assert.Equal((0, false), (closing.Failures.Count, closing.IsCancelled));
        await EndAsync(closing.Lease);
        var ended = await RunAsync(run);
        Assert.Equal((RunState.Completed, 2, 0, 0), (ended.State, ended.Completed, ended.Failed, ended.Leased));
        Assert.NotNull(ended.EndedAt);
        Assert.Null(ended.Error);
        Assert.Empty(await ClaimAsync(node, 4));
        Assert.Equal("run completed", (await KindsAsync(run))[^1]);
    }

    [SkippableFact]
    public async Task Runs_and_batches_of_members_are_counted_by_where_they_stand()
    {
        await OpenRunAsync(3);
        var batches = await ClaimAsync(await NodeAsync("a"), 2);
        await EndAsync(batches[0].Lease);
        await Ledger.CancelAsync(await SubmitAsync(), None);
        var counts = await Ledger.CountsAsync(None);

        Assert.Equal([(RunState.Running, 1L), (RunState.Cancelled, 1L)], counts.Runs.OrderBy(c => c.Key).Select(c => (c.Key, c.Value)));
        Assert.Equal([(BatchState.Waiting, 1L), (BatchState.Leased, 1L), (BatchState.Completed, 1L)],
            counts.Batches.OrderBy(c => c.Key).Select(c => (c.Key, c.Value)));
    }

    [SkippableFact]
    public async Task A_run_with_nothing_to_step_is_closed_at_once()
    {
        var run = await OpenRunAsync(0);
        var closing = await ClaimOneAsync(await NodeAsync("a"));
        Assert.Equal(BatchKey.Closing(run), closing.Lease.Batch);
        await EndAsync(closing.Lease);
        Assert.Equal(RunState.Completed, (await RunAsync(run)).State);
    }

    [SkippableFact]
    public async Task A_run_that_cannot_be_opened_has_failed()
    {
        var run = await SubmitAsync();
        var opening = await ClaimOneAsync(await NodeAsync("a"));
        await EndAsync(opening.Lease, AttemptOutcome.Failed, "no such model");
        var row = await RunAsync(run);
        Assert.Equal((RunState.Failed, "no such model"), (row.State, row.Error));
        Assert.Empty(await ClaimAsync("a"));
    }

    [SkippableFact]
    public async Task A_run_with_a_failed_batch_fails_once_it_is_closed_and_tells_why()
    {
        var run = await OpenRunAsync(3);
        var node = await NodeAsync("a");
        var batches = await ClaimAsync(node, 3);
        await EndAsync(batches[0].Lease);
        await EndAsync(batches[1].Lease, AttemptOutcome.Failed, "NaN in vorticity");
        await EndAsync(batches[2].Lease);
        var closing = await ClaimOneAsync(node);
        Assert.Equal([(1, 1, "NaN in vorticity")], closing.Failures);
        await EndAsync(closing.Lease);
        var row = await RunAsync(run);
        Assert.Equal((RunState.Failed, 2, 1), (row.State, row.Completed, row.Failed));
        Assert.Contains("member 1", row.Error, StringComparison.Ordinal);
        Assert.Contains("NaN in vorticity", row.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_closing_that_fails_fails_the_run()
    {
        var run = await OpenRunAsync(1);
        var node = await NodeAsync("a");
        await EndAsync((await ClaimOneAsync(node)).Lease);
        await EndAsync((await ClaimOneAsync(node)).Lease, AttemptOutcome.Failed, "no room for pictures");
        Assert.Equal((RunState.Failed, "no room for pictures"), ((await RunAsync(run)).State, (await RunAsync(run)).Error));
    }
}
