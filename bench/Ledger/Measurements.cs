using System.Diagnostics;
using Cairn.Storage.Ledger;

namespace Cairn.Bench.Ledger;

/// <summary>What a ledger at an address does in a second, and what its answers cost.</summary>
internal sealed class Measurements(LedgerAddress address) : IAsyncDisposable
{
    private const int Workers = 4, SlotsEach = 4;
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(15);
    private readonly List<IRunLedger> _ledgers = [];
    private int _paths;

    /// <summary>Batches a second that workers claim and complete, of as many runs side by side.</summary>
    public async Task<double> ThroughputAsync(int runs, int batchesEach)
    {
        await using var ledger = await OpenAsync();
        for (var run = 0; run < runs; run++)
        {
            await OpenRunAsync(ledger, batchesEach);
        }

        using var stop = new CancellationTokenSource();
        var left = runs * (batchesEach + 1);
        var clock = new Stopwatch();
        var seconds = 0.0;
        if (_ledgers.Count == 0)
        {
            _ledgers.AddRange(await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => OpenAsync())));
        }

        clock.Restart();
        await Task.WhenAll(_ledgers.Select((l, i) => WorkAsync(l, $"w{i}-{_paths}")));
        return runs * batchesEach / seconds;

        async Task WorkAsync(IRunLedger own, string node)
        {
            using var worker = new Worker(own, node, SlotsEach, Completed);
            await worker.RunAsync(stop.Token);
        }

        void Completed(BatchKey batch)
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                seconds = clock.Elapsed.TotalSeconds;
                stop.Cancel();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var ledger in _ledgers)
        {
            await ledger.DisposeAsync();
        }
    }

    /// <summary>Milliseconds of single calls while so many batches wait; the least and the median.</summary>
    public async Task<IReadOnlyList<(string What, double Least, double Median)>> AnswersAsync(int batches, int rounds)
    {
        await using var ledger = await OpenAsync();
        var run = await OpenRunAsync(ledger, batches);
        await ledger.RegisterAsync(new("asker", "bench", 1, "0", 4, ["cpu"], []), CancellationToken.None);
        return
        [
            await TimeAsync($"list {batches} batches", rounds, () => ledger.BatchesAsync(run, CancellationToken.None)),
            await TimeAsync("list runs", rounds, () => ledger.RunsAsync(20, null, CancellationToken.None)),
            await TimeAsync("claim one", rounds, () => ledger.ClaimAsync(new("asker", LeaseTime, 1, 1), CancellationToken.None)),
            await TimeAsync("claim eight", rounds, () => ledger.ClaimAsync(new("asker", LeaseTime, 8, 8), CancellationToken.None)),
            await TimeAsync(
                "idle heartbeat", rounds, () => ledger.HeartbeatAsync(new("asker", LeaseTime, [], 0, 0), CancellationToken.None)),
        ];
    }

    /// <summary>Commands that a node which has nothing to do sends, by the driver's own count, for each of its heartbeats.</summary>
    public async Task<double> StatementsAsync(int heartbeats)
    {
        await using var ledger = await OpenAsync();
        await ledger.RegisterAsync(new("idler", "bench", 1, "0", 4, ["cpu"], []), CancellationToken.None);
        var sent = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _ => Interlocked.Increment(ref sent),
        };
        ActivitySource.AddActivityListener(listener);
        for (var i = 0; i < heartbeats; i++)
        {
            await ledger.HeartbeatAsync(new("idler", LeaseTime, [], 0, 0), CancellationToken.None);
        }

        return (double)sent / heartbeats;
    }

    private Task<IRunLedger> OpenAsync() => address.OpenAsync(TimeProvider.System, CancellationToken.None);

    private async Task<string> OpenRunAsync(IRunLedger ledger, int batches)
    {
        var path = $"/scratch/{Environment.ProcessId}/{_paths++}";
        var (run, _) = await ledger.SubmitAsync(new("bench", "{}", path, 0, 1, new(false, null), 3, null), CancellationToken.None);
        await ledger.RegisterAsync(new("opener", "bench", 1, "0", 1, ["cpu"], []), CancellationToken.None);
        var opening = await ledger.ClaimAsync(new("opener", LeaseTime, 1, 1), CancellationToken.None);
        var members = Enumerable.Range(0, batches).Select(i => (i, i)).ToList();
        await ledger.OpenedAsync(opening.Single().Lease, new(members), CancellationToken.None);
        return run;
    }

    private static async Task<(string What, double Least, double Median)> TimeAsync<T>(string what, int rounds, Func<Task<T>> call)
    {
        var times = new List<double>();
        for (var round = -2; round < rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            await call();
            if (round >= 0)
            {
                times.Add(clock.Elapsed.TotalMilliseconds);
            }
        }

        times.Sort();
        return (what, times[0], times[times.Count / 2]);
    }
}
