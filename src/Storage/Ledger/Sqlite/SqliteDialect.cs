using System.Data.Common;
using Cairn.Storage.Ledger.Migrations;
using Cairn.Storage.Ledger.Sql;
using Microsoft.Data.Sqlite;

namespace Cairn.Storage.Ledger.Sqlite;

/// <summary>
/// A ledger in a file: for any number of processes of one machine. A commit has been synced to the disk when it returns.
/// </summary>
/// <remarks>
/// One connection writes and one reads, so that processes queue for SQLite's one lock, and not the calls of this process as well.
/// </remarks>
internal sealed class SqliteDialect : ISqlDialect
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(100);
    private readonly SqlScripts _scripts = new("sqlite", hasRowLocks: false);
    private readonly Dictionary<LedgerChange, long> _seen = [];
    private readonly SqliteFile _writer, _reader;
    private readonly string _path;
    private readonly ILedgerClock _clock;
    private readonly TimeProvider _time;
    private readonly Func<string, string> _fileSystemOf;

    /// <param name="path">The file, absolute.</param>
    /// <param name="clock">Measures leases.</param>
    /// <param name="time">Paces the polling.</param>
    /// <param name="fileSystemOf">The type of a directory's file system.</param>
    public SqliteDialect(string path, ILedgerClock clock, TimeProvider time, Func<string, string> fileSystemOf)
    {
        (_path, _clock, _time, _fileSystemOf) = (path, clock, time, fileSystemOf);
        (_writer, _reader) = (new(path, clock), new(path, clock));
    }

    /// <inheritdoc/>
    public string Database => $"the ledger {_path}";

    /// <inheritdoc/>
    public async Task MigrateAsync(CancellationToken cancel)
    {
        LocalDisks.Require(_path, _fileSystemOf);
        CreateFolder();
        await TransactAsync(
            async session =>
            {
                await Migrator.ApplyAsync(session, _scripts, Database).ConfigureAwait(false);
                return await session.ExecuteAsync("new-boot", new { boot = _clock.BootId }).ConfigureAwait(false);
            },
            cancel).ConfigureAwait(false);
        foreach (var change in Enum.GetValues<LedgerChange>())
        {
            _seen[change] = await RungAsync(change, cancel).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancel) =>
        UseAsync(_reader, connection => work(new(connection, null, _scripts, cancel)), cancel);

    /// <inheritdoc/>
    public Task<T> StatementAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancel) => TransactAsync(work, cancel);

    /// <inheritdoc/>
    public Task<T> TransactAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancel) => UseAsync(
        _writer,
        async connection =>
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            var session = new SqlSession(connection, transaction, _scripts, cancel);
            var result = await work(session).ConfigureAwait(false);
            foreach (var change in session.Rung)
            {
                await session.ExecuteAsync("ring", new { kind = $"{change}" }).ConfigureAwait(false);
            }

            transaction.Commit();
            return result;
        },
        cancel);

    /// <summary>One writer at a time numbers events in the order of commits.</summary>
    public Task NumberEventsAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task WaitAsync(LedgerChange change, TimeSpan atMost, CancellationToken cancel)
    {
        long seen;
        lock (_seen)
        {
            seen = _seen[change];
        }

        var begun = _time.GetTimestamp();
        while (await RungAsync(change, cancel).ConfigureAwait(false) is var rung)
        {
            var left = atMost - _time.GetElapsedTime(begun);
            if (rung != seen || left <= TimeSpan.Zero)
            {
                lock (_seen)
                {
                    _seen[change] = rung;
                }

                return;
            }

            await Task.Delay(left < PollEvery ? left : PollEvery, _time, cancel).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        await _reader.DisposeAsync().ConfigureAwait(false);
    }

    private Task<long> RungAsync(LedgerChange change, CancellationToken cancel) =>
        ReadAsync(session => session.FirstAsync<long>("bell", new { kind = $"{change}" }), cancel);

    private void CreateFolder()
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path) ?? "/");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SpecException($"the folder of {Database} cannot be created: {e.Message}", e);
        }
    }

    private async Task<T> UseAsync<T>(SqliteFile file, Func<SqliteConnection, Task<T>> work, CancellationToken cancel)
    {
        try
        {
            return await file.UseAsync(work, cancel).ConfigureAwait(false);
        }
        catch (SqliteException e)
        {
            throw SqliteErrors.Translate(e, Database);
        }
    }
}
