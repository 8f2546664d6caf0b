using Cairn.Storage.Ledger;

namespace Cairn.Storage.Tests.Ledger;

public abstract partial class LedgerConformance
{
    [SkippableFact]
    public async Task Events_are_told_in_order_from_where_a_reader_left_off()
    {
        var run = await OpenRunAsync(1);
        var other = await OpenRunAsync(1, Submission("other"));
        await FinishAsync(await NodeAsync("a"));
        var all = await Ledger.EventsAsync(null, 0, 1_000, None);
        Assert.Equal(all.Select(e => e.Number).Order().Distinct(), all.Select(e => e.Number));
        Assert.Contains(all, e => e.RunId == other);
        var mine = all.Where(e => e.RunId == run).ToList();
        var read = new List<LedgerEvent>();
        while (await Ledger.EventsAsync(run, read.Count == 0 ? 0 : read[^1].Number, 2, None) is { Count: > 0 } page)
        {
            Assert.InRange(page.Count, 1, 2);
            read.AddRange(page);
        }

        Assert.Equal(mine, read);
        Assert.Equal(
            ["run submitted", "batch claimed", "run opened", "batch completed", "batch claimed", "batch completed", "batch claimed",
                "batch completed", "run completed"],
            read.Select(e => e.Kind));
    }

    [SkippableFact]
    public async Task Events_of_a_batch_are_recorded_once_however_often_they_are_sent()
    {
        var run = await OpenRunAsync(1);
        var lease = (await ClaimOneAsync(await NodeAsync("a"))).Lease;
        EventRecord[] told = [new("rank failed", """{"rank": 1}"""), new("gang restarted", "{}"), new("gang restarted", "{}")];
        await Ledger.RecordEventsAsync(lease, told, None);
        await Ledger.RecordEventsAsync(lease, told, None);
        var events = (await Ledger.EventsAsync(run, 0, 100, None)).ToList()[^3..];
        Assert.Equal(["rank failed", "gang restarted", "gang restarted"], events.Select(e => e.Kind));
        Assert.Equal(("a", 0, """{"rank": 1}"""), (events[0].Node, events[0].First, events[0].Detail));
    }

    [SkippableFact]
    public async Task A_reader_misses_no_event_of_writers_at_work()
    {
        const int Writers = 6, Each = 25;
        var run = await OpenRunAsync(Writers);
        var begun = (await Ledger.EventsAsync(run, 0, 1_000, None))[^1].Number;
        var leases = (await ClaimAsync(await NodeAsync("a"), Writers)).Select(c => c.Lease).ToList();
        var writing = Task.WhenAll(leases.Select(WriteAsync));
        var read = new List<LedgerEvent>();
        var after = begun;
        while (read.Count < (Writers * Each) + Writers)
        {
            var isOver = writing.IsCompleted;
            var page = await Ledger.EventsAsync(run, after, 7, None);
            Assert.True(page.Count > 0 || !isOver, $"only {read.Count} events were told");
            read.AddRange(page);
            after = page.Count > 0 ? page[^1].Number : after;
        }

        await writing;
        Assert.Equal(read.Select(e => e.Number).Order().Distinct(), read.Select(e => e.Number));
        foreach (var lease in leases)
        {
            Assert.Equal(Enumerable.Range(0, Each).Select(i => $"told {i}"),
                read.Where(e => e.First == lease.Batch.First && e.Kind.StartsWith("told", StringComparison.Ordinal)).Select(e => e.Kind));
        }

        async Task WriteAsync(Lease lease)
        {
            var writer = await AnotherAsync();
            await using (writer)
            {
                for (var i = 0; i < Each; i++)
                {
                    await writer.RecordEventsAsync(lease, [new($"told {i}", "{}")], None);
                }
            }
        }
    }

    [SkippableFact]
    public async Task Who_waits_for_work_is_woken_by_a_submission()
    {
        var other = await AnotherAsync();
        await using (other)
        {
            await WokenAsync(other, LedgerChange.Work, () => SubmitAsync());
        }
    }

    [SkippableFact]
    public async Task Who_waits_for_events_is_woken_by_one()
    {
        await OpenRunAsync(1);
        var lease = (await ClaimOneAsync(await NodeAsync("a"))).Lease;
        var other = await AnotherAsync();
        await using (other)
        {
            await WokenAsync(other, LedgerChange.Events, () => Ledger.RecordEventsAsync(lease, [new("told", "{}")], None));
        }
    }

    [SkippableFact]
    public async Task A_wait_ends_when_it_has_lasted_long_enough_or_is_given_up()
    {
        await Ledger.WaitAsync(LedgerChange.Work, TimeSpan.FromMilliseconds(1), None);
        using var cancelled = new CancellationTokenSource();
        await SettledAsync(Ledger, LedgerChange.Work);
        var waiting = Ledger.WaitAsync(LedgerChange.Work, TimeSpan.FromMinutes(5), cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    protected static async Task WokenAsync(IRunLedger other, LedgerChange change, Func<Task> cause)
    {
        await SettledAsync(other, change);
        var waiting = other.WaitAsync(change, TimeSpan.FromMinutes(5), None);
        Assert.False(waiting.IsCompleted);
        await cause();
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Until nothing from before is still being told.</summary>
    protected static async Task SettledAsync(IRunLedger ledger, LedgerChange change)
    {
        var quiet = TimeSpan.FromMilliseconds(400);
        for (var waited = TimeSpan.Zero; waited < quiet;)
        {
            var begun = TimeProvider.System.GetTimestamp();
            await ledger.WaitAsync(change, quiet, None);
            waited = TimeProvider.System.GetElapsedTime(begun);
        }
    }
}
