using Cairn.Storage.Ledger;
using Cairn.Storage.Ledger.Postgres;
using Cairn.Storage.Ledger.Sql;
using Cairn.Storage.Ledger.Sqlite;
using Npgsql;

namespace Cairn.Storage.Tests.Ledger;

/// <summary>A database to hold a ledger to what <see cref="IRunLedger"/> promises, with a clock that a test sets.</summary>
public abstract class LedgerHarness : IAsyncDisposable
{
    /// <summary>Another process's view of the same ledger.</summary>
    public abstract Task<IRunLedger> OpenAsync();

    /// <summary>Lets time pass for the database.</summary>
    public abstract Task AdvanceAsync(TimeSpan by);

    public abstract ValueTask DisposeAsync();
}

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class StandingClock : ILedgerClock
{
    public string BootId { get; set; } = "first boot";

    public TimeSpan SinceBoot { get; set; } = TimeSpan.FromHours(1);

    public DateTimeOffset UtcNow { get; set; } = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
}

internal sealed class SqliteHarness : LedgerHarness
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cairn-ledger-");

    public StandingClock Clock { get; } = new();

    public string File => Path.Combine(_folder.FullName, "state", "ledger.db");

    public override async Task<IRunLedger> OpenAsync() => await OpenAsync(LocalDisks.TypeOf);

    public Task<SqlLedger> OpenAsync(Func<string, string> fileSystemOf) => SqlLedger.OpenAsync(
        new SqliteDialect(File, Clock, TimeProvider.System, fileSystemOf), TimeProvider.System, CancellationToken.None);

    public override Task AdvanceAsync(TimeSpan by)
    {
        lock (Clock)
        {
            Clock.SinceBoot += by;
            Clock.UtcNow += by;
        }

        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A schema of its own; the database's clock is read with an offset that a table holds.</summary>
internal sealed class PostgresHarness(PostgresServer server) : LedgerHarness
{
    private readonly string _schema = $"t_{Guid.NewGuid():N}";
    private bool _hasClock;

    public PostgresServer Server => server;

    public string Address => server.Address(_schema);

    public override async Task<IRunLedger> OpenAsync()
    {
        var ledger = await SqlLedger.OpenAsync(
            new PostgresDialect(PostgresAddress.Parse(Address), TimeProvider.System), TimeProvider.System, CancellationToken.None);
        if (!_hasClock)
        {
            _hasClock = true;
            await ExecuteAsync("""
                CREATE TABLE test_clock (offset_ms bigint NOT NULL);
                INSERT INTO test_clock VALUES (0);
                CREATE OR REPLACE FUNCTION cairn_now() RETURNS bigint LANGUAGE sql VOLATILE
                    AS $$ SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint + offset_ms FROM test_clock $$;
                """);
        }

        return ledger;
    }

    public override Task AdvanceAsync(TimeSpan by) =>
        ExecuteAsync($"UPDATE test_clock SET offset_ms = offset_ms + {(long)by.TotalMilliseconds}");

    /// <summary>Cuts every connection but this one's own.</summary>
    public Task CutConnectionsAsync() => ExecuteAsync("""
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
        """);

    public async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(Settings);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ReadAsync<T>(string sql)
    {
        await using var source = NpgsqlDataSource.Create(Settings);
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_hasClock)
        {
            await ExecuteAsync($"DROP SCHEMA {_schema} CASCADE");
        }
    }

    private NpgsqlConnectionStringBuilder Settings => new(PostgresAddress.Parse(Address).Settings.ConnectionString) { Pooling = false };
}
