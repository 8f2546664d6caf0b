using System.Globalization;
using Cairn.Storage.Ledger;
using Cairn.Storage.Tests.Ledger;
using Npgsql;

namespace Cairn.Cluster.Tests.Cluster;

/// <summary>A cluster on this machine: a real PostgreSQL, a seed and workers as processes, with what can befall them.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly PostgresServer _database = new(isDurable: true);
    private readonly List<CairnProcess> _processes = [];
    private readonly Scratch _scratch;
    private readonly TimeSpan _lease;
    private int _started;

    private TestCluster(Scratch scratch, TimeSpan lease) => (_scratch, _lease) = (scratch, lease);

    /// <summary>The ledger, as the tests read it.</summary>
    public IRunLedger Ledger { get; private set; } = null!;

    public CairnProcess Seed { get; private set; } = null!;

    /// <summary>The workers that were not killed.</summary>
    public List<CairnProcess> Workers { get; } = [];

    private string SeedUrl { get; set; } = "";

    private string Address => _database.Address("public");

    /// <summary>Starts a cluster; skips the test where there is no PostgreSQL.</summary>
    public static async Task<TestCluster> StartAsync(Scratch scratch, int workers, TimeSpan lease)
    {
        Skip.If(PostgresServer.Missing is not null, PostgresServer.Missing);
        var cluster = new TestCluster(scratch, lease);
        await cluster._database.CreateAsync();
        cluster.Ledger = await LedgerAddress.Parse(cluster.Address).OpenAsync(TimeProvider.System, default);
        await cluster.StartSeedAsync();
        for (var i = 0; i < workers; i++)
        {
            cluster.StartWorker();
        }

        return cluster;
    }

    public async Task StartSeedAsync()
    {
        Seed = Start("seed", "--set", "seed.port=0", "--set", $"seed.roots=[\"{_scratch.Folder}\"]");
        var line = await Seed.LineAsync(l => l.StartsWith("seed at ", StringComparison.Ordinal));
        await Seed.LineAsync(l => l == "ready");
        SeedUrl = line.Split(' ')[2].TrimEnd(',');
    }

    public CairnProcess StartWorker(params string[] settings)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"node-{++_started}");
        var seconds = _lease.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        var worker = Start([
            "worker", "--set", $"node.name={name}", "--set", "node.slots=2", "--set", $"ledger.lease={seconds}s",
            .. settings.SelectMany(s => (string[])["--set", s]),
        ]);
        Workers.Add(worker);
        return worker;
    }

    /// <summary>Submits a spec through the seed; returns the run's id.</summary>
    public async Task<string> SubmitAsync(string spec)
    {
        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, "submit", spec, "--seed", SeedUrl);
        Assert.True(code == 0, text);
        return text.Trim();
    }

    /// <summary>Runs a client command against the seed.</summary>
    public Task<(int ExitCode, string Text)> TellAsync(params string[] command) =>
        CairnProcess.RunAsync(_scratch.Folder, [.. command, "--seed", SeedUrl]);

    public void Kill(CairnProcess worker)
    {
        worker.Kill();
        Workers.Remove(worker);
    }

    /// <summary>Takes the database away and brings it back.</summary>
    public async Task RestartDatabaseAsync(bool kill)
    {
        await (kill ? _database.KillAsync() : _database.StopAsync());
        await _database.StartAsync();
    }

    /// <summary>Cuts every connection but the one that does it.</summary>
    public async Task CutConnectionsAsync()
    {
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = _database.Port, Username = "cairn", Database = "postgres" });
        await using var command = source.CreateCommand(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Waits until something holds of a run.</summary>
    public async Task<RunRow> UntilAsync(string run, Func<RunRow, bool> holds, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        while (true)
        {
            try
            {
                var row = (await Ledger.RunAsync(run, limit.Token))!;
                if (holds(row))
                {
                    return row;
                }

                await Ledger.WaitAsync(LedgerChange.Events, TimeSpan.FromSeconds(1), limit.Token);
            }
            catch (TransientException) when (!limit.IsCancellationRequested)
            {
                // The database is away, as some tests have it.
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                var state = string.Join('\n', await Ledger.BatchesAsync(run, default));
                throw new TimeoutException($"{run} did not get there within {patience}:\n{state}\n{Text}");
            }
        }
    }

    /// <summary>Waits until so many events of a run of one kind were recorded.</summary>
    public async Task UntilEventsAsync(string run, string kind, int count, TimeSpan patience)
    {
        var (after, seen) = (0L, 0);
        await UntilAsync(run, row =>
        {
            foreach (var e in Ledger.EventsAsync(run, after, 1000, default).GetAwaiter().GetResult())
            {
                (after, seen) = (e.Number, seen + (e.Kind == kind ? 1 : 0));
            }

            return seen >= count || row.HasEnded;
        }, patience);
    }

    public async Task<IReadOnlyList<LedgerEvent>> EventsAsync(string run)
    {
        var events = new List<LedgerEvent>();
        while (await Ledger.EventsAsync(run, events.Count == 0 ? 0 : events[^1].Number, 1000, default) is { Count: > 0 } more)
        {
            events.AddRange(more);
        }

        return events;
    }

    /// <summary>What all processes have printed.</summary>
    public string Text => string.Join('\n', _processes.Select(p => $"--- {p.Id}\n{p.Text}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
            {
                process.Thaw();
                process.Kill();
            }

            process.Dispose();
        }

        if (Ledger is not null)
        {
            await Ledger.DisposeAsync();
        }

        await _database.DisposeAsync();
    }

    private CairnProcess Start(params string[] arguments)
    {
        var process = CairnProcess.Start(_scratch.Folder, [.. arguments, "--set", $"ledger.address=\"{Address}\""]);
        _processes.Add(process);
        return process;
    }
}
