using Cairn.Storage.Ledger;

namespace Cairn.Storage.Tests.Ledger;

public abstract partial class LedgerConformance
{
    [SkippableFact]
    public async Task Who_lost_its_lease_can_do_nothing_more_with_the_batch()
    {
        var run = await OpenRunAsync(1);
        var stale = (await ClaimOneAsync(await NodeAsync("a"))).Lease;
        await LetLeasesLapseAsync();
        var fresh = (await ClaimOneAsync(await NodeAsync("b"))).Lease;
        await RefusedAsync(stale);
        Assert.Empty((await BeatAsync("a", stale)).Renewed);
        Assert.Empty(await Ledger.SessionsAsync(run, None));
        Assert.Equal(["batch lost", "batch claimed"], (await KindsAsync(run))[^2..]);
        await EndAsync(fresh);
        await RefusedAsync(stale);
    }

    [SkippableFact]
    public async Task The_same_node_is_fenced_from_its_own_earlier_lease()
    {
        await OpenRunAsync(1);
        var stale = (await ClaimOneAsync(await NodeAsync("a"))).Lease;
        await LetLeasesLapseAsync();
        var fresh = (await ClaimOneAsync("a")).Lease;
        Assert.Equal(stale.Epoch + 1, fresh.Epoch);
        await RefusedAsync(stale);
        Assert.Equal([fresh], (await BeatAsync("a", stale, fresh)).Renewed);
    }

    [SkippableFact]
    public async Task Nobody_holds_a_lease_that_was_never_given()
    {
        var run = await OpenRunAsync(1);
        await RefusedAsync(new(new(run, 0), await NodeAsync("a"), 1));
        await RefusedAsync(new(new("nobody-1", 0), "a", 1));
    }

    [SkippableFact]
    public async Task A_lease_that_has_run_out_holds_until_somebody_takes_it()
    {
        var run = await OpenRunAsync(1);
        var lease = (await ClaimOneAsync(await NodeAsync("a"))).Lease;
        await LetLeasesLapseAsync();
        Assert.Equal([lease], (await BeatAsync("a", lease)).Renewed);
        Assert.Empty(await ClaimAsync(await NodeAsync("b")));
        Assert.Equal(0, (await BatchAsync(new(run, 0))).Losses);
    }

    [SkippableFact]
    public async Task A_session_is_recorded_once_however_often_it_is_sent()
    {
        var run = await OpenRunAsync(1);
        var lease = (await ClaimOneAsync(await NodeAsync("a"))).Lease;
        var session = new SessionRecord("s1", lease.Epoch, TimeSpan.FromHours(6));
        await Ledger.RecordSessionAsync(lease, session, None);
        await Ledger.RecordSessionAsync(lease, session, None);
        var row = (await Ledger.SessionsAsync(run, None)).Single();
        Assert.Equal((lease.Batch, "s1", lease.Epoch, "a"), (row.Key, row.Name, row.Epoch, row.Node));
        Assert.Equal(TimeSpan.FromHours(6), row.LeadTime);
        Assert.Single(await KindsAsync(run), "session committed");
        var batch = await BatchAsync(new(run, 0));
        Assert.Equal(("s1", TimeSpan.FromHours(6)), (batch.NewestSession, batch.CommittedLeadTime));
    }

    [SkippableFact]
    public async Task A_late_session_of_an_older_gang_is_kept_but_is_not_the_newest()
    {
        var run = await OpenRunAsync(1);
        var lease = (await ClaimOneAsync(await NodeAsync("a"))).Lease;
        var older = await Ledger.BeginEpochAsync(lease, 0, None);
        var newer = await Ledger.BeginEpochAsync(lease, older, None);
        await Ledger.RecordSessionAsync(lease, new("new", newer, TimeSpan.FromHours(1)), None);
        await Ledger.RecordSessionAsync(lease, new("old", older, TimeSpan.FromHours(6)), None);
        Assert.Equal(["new", "old"], (await Ledger.SessionsAsync(run, None)).Select(s => s.Name));
        var batch = await BatchAsync(new(run, 0));
        Assert.Equal(("new", TimeSpan.FromHours(1)), (batch.NewestSession, batch.CommittedLeadTime));
    }

    [SkippableFact]
    public async Task An_end_that_is_sent_again_ends_nothing_else()
    {
        var run = await OpenRunAsync(1);
        var lease = (await ClaimOneAsync(await NodeAsync("a"))).Lease;
        await EndAsync(lease, AttemptOutcome.HandedBack);
        await EndAsync(lease, AttemptOutcome.HandedBack);
        Assert.Equal(BatchState.Waiting, (await BatchAsync(new(run, 0))).State);
        var next = (await ClaimOneAsync("a")).Lease;
        await EndAsync(lease, AttemptOutcome.HandedBack);
        Assert.Equal(BatchState.Leased, (await BatchAsync(new(run, 0))).State);
        await EndAsync(next);
        await EndAsync(next);
        await Assert.ThrowsAsync<FencedException>(() => EndAsync(next, AttemptOutcome.Failed, "too late"));
        var attempts = (await Ledger.AttemptsAsync(run, None)).Where(a => a.Key.First == 0);
        Assert.Equal(["handed back", "completed"], attempts.Select(a => a.Outcome));
        Assert.Single(await Ledger.EventsAsync(run, 0, 100, None), e => e is { First: 0, Kind: "batch completed" });
    }

    [SkippableFact]
    public async Task An_opening_that_is_told_again_opens_nothing_else()
    {
        var run = await SubmitAsync();
        var opening = (await ClaimOneAsync(await NodeAsync("a"))).Lease;
        var opened = new OpenedRun([(0, 3), (4, 7)]);
        await Ledger.OpenedAsync(opening, opened, None);
        await Ledger.OpenedAsync(opening, opened, None);
        await EndAsync(opening);
        Assert.Equal([(-2, -2), (0, 3), (4, 7)], (await Ledger.BatchesAsync(run, None)).Select(b => (b.Key.First, b.Last)));
        Assert.Single(await KindsAsync(run), "run opened");
    }

    [SkippableFact]
    public async Task An_opening_that_lapsed_cannot_open_the_run_of_its_successor()
    {
        var run = await SubmitAsync();
        var stale = (await ClaimOneAsync(await NodeAsync("a"))).Lease;
        await LetLeasesLapseAsync();
        var fresh = (await ClaimOneAsync(await NodeAsync("b"))).Lease;
        await Assert.ThrowsAsync<FencedException>(() => Ledger.OpenedAsync(stale, new([(0, 0)]), None));
        await Ledger.OpenedAsync(fresh, new([(0, 1)]), None);
        Assert.Equal(1, (await RunAsync(run)).Batches);
    }

    [SkippableFact]
    public async Task An_opening_is_not_completed_without_saying_what_there_is_to_do()
    {
        await SubmitAsync();
        var opening = (await ClaimOneAsync(await NodeAsync("a"))).Lease;
        await Assert.ThrowsAsync<InvalidOperationException>(() => EndAsync(opening));
    }

    [SkippableFact]
    public async Task A_failed_attempt_keeps_its_cause_whatever_characters_are_in_it()
    {
        var run = await OpenRunAsync(1);
        var lease = (await ClaimOneAsync(await NodeAsync("a"))).Lease;
        await EndAsync(lease, AttemptOutcome.Failed, "'; DROP TABLE runs; -- \0 ünïcode \"quoted\"");
        Assert.Contains("ünïcode", (await BatchAsync(new(run, 0))).Error, StringComparison.Ordinal);
        Assert.Contains("DROP TABLE", (await Ledger.AttemptsAsync(run, None))[^1].Cause, StringComparison.Ordinal);
    }

    private async Task RefusedAsync(Lease stale)
    {
        await Assert.ThrowsAsync<FencedException>(() => Ledger.BeginEpochAsync(stale, 0, None));
        await Assert.ThrowsAsync<FencedException>(() => Ledger.RecordSessionAsync(stale, new("late", 1, TimeSpan.Zero), None));
        await Assert.ThrowsAsync<FencedException>(() => Ledger.RecordEventsAsync(stale, [new("late", "{}")], None));
        await Assert.ThrowsAsync<FencedException>(() => EndAsync(stale));
        await Assert.ThrowsAsync<FencedException>(() => EndAsync(stale, AttemptOutcome.HandedBack));
    }
}
