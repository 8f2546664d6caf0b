using Microsoft.Data.Sqlite;

namespace Cairn.Storage.Ledger.Sqlite;

/// <summary>One connection to a database file, opened when it is first needed; callers take turns.</summary>
internal sealed class SqliteFile(string path, ILedgerClock clock) : IAsyncDisposable
{
    private const int BusySeconds = 5;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private SqliteConnection? _connection;

    /// <summary>SQLite's calls block, so they get a thread of the pool, and not their caller's.</summary>
    public async Task<T> UseAsync<T>(Func<SqliteConnection, Task<T>> work, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => work(_connection ??= Open()), cancel).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        _connection?.Dispose();
        _turn.Dispose();
    }

    private SqliteConnection Open()
    {
        var text = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = BusySeconds };
        var connection = new SqliteConnection(text.ConnectionString);
        try
        {
            connection.Open();
            connection.CreateFunction("cairn_now", () => (long)clock.SinceBoot.TotalMilliseconds);
            connection.CreateFunction("cairn_utc", () => clock.UtcNow.ToUnixTimeMilliseconds());
            Set(connection, $"PRAGMA busy_timeout = {BusySeconds}000; PRAGMA foreign_keys = ON;");
            // In write-ahead mode a commit is durable on return only with full sync.
            Set(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            // Where claim.sqlite.sql keeps what it takes, for as long as it runs.
            Set(connection, "PRAGMA temp_store = MEMORY; CREATE TEMP TABLE taken (batch INTEGER NOT NULL, rank INTEGER NOT NULL);");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Set(SqliteConnection connection, string pragmas)
    {
        using var command = connection.CreateCommand();
        command.CommandText = pragmas;
        command.ExecuteNonQuery();
    }
}
