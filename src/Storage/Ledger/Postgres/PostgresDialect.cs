using Cairn.Storage.Ledger.Migrations;
using Cairn.Storage.Ledger.Sql;
using Npgsql;

namespace Cairn.Storage.Ledger.Postgres;

/// <summary>A ledger in PostgreSQL: for any number of machines. Times are compared by the server's clock.</summary>
internal sealed class PostgresDialect : ISqlDialect
{
    private readonly SqlScripts _scripts = new("postgres", hasRowLocks: true);
    private readonly PostgresAddress _address;
    private readonly NpgsqlDataSource _source;
    private readonly PostgresBells _bells;

    public PostgresDialect(PostgresAddress address, TimeProvider time)
    {
        _address = address;
        _source = Source(address);
        _bells = new(_source, address, time);
    }

    /// <inheritdoc/>
    public string Database => $"the ledger {_address.Shown}";

    /// <inheritdoc/>
    public async Task MigrateAsync(CancellationToken cancel)
    {
        await CreateSchemaAsync(cancel).ConfigureAwait(false);
        await TransactAsync(
            async session =>
            {
                await session.ExecuteAsync("lock-schema", new { schema = _address.Schema }).ConfigureAwait(false);
                await Migrator.ApplyAsync(session, _scripts, Database).ConfigureAwait(false);
                return true;
            },
            cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancel) => StatementAsync(work, cancel);

    /// <summary>A script that is sent at once, and in no transaction of its own, is one transaction of the server's.</summary>
    public Task<T> StatementAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancel) => UseAsync(
        async connection =>
        {
            var session = new SqlSession(connection, null, _scripts, cancel);
            return (await work(session).ConfigureAwait(false), session);
        },
        cancel);

    /// <inheritdoc/>
    public Task<T> TransactAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancel) => UseAsync(
        async connection =>
        {
            var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var session = new SqlSession(connection, transaction, _scripts, cancel);
                var result = await work(session).ConfigureAwait(false);
                await transaction.CommitAsync(cancel).ConfigureAwait(false);
                return (result, session);
            }
        },
        cancel);

    /// <inheritdoc/>
    public async Task NumberEventsAsync(CancellationToken cancel)
    {
        if (await ReadAsync(session => session.FirstAsync<bool>("unnumbered-events"), cancel).ConfigureAwait(false))
        {
            await TransactAsync(
                async session =>
                {
                    await session.ExecuteAsync("lock-numbering").ConfigureAwait(false);
                    return await session.ExecuteAsync("number-events").ConfigureAwait(false);
                },
                cancel).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task WaitAsync(LedgerChange change, TimeSpan atMost, CancellationToken cancel) => _bells.WaitAsync(change, atMost, cancel);

    public async ValueTask DisposeAsync()
    {
        await _bells.DisposeAsync().ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Plans that do not depend on parameters are made once a connection: what decides here stands in the statements' texts, and planning a
    /// claim takes longer than carrying it out.
    /// </summary>
    private static NpgsqlDataSource Source(PostgresAddress address)
    {
        const string Settings = "SET plan_cache_mode = force_generic_plan; SET jit = off";
        var builder = new NpgsqlDataSourceBuilder(address.Settings.ConnectionString);
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand(Settings, connection);
                command.ExecuteNonQuery();
            },
            async connection =>
            {
                var command = new NpgsqlCommand(Settings, connection);
                await using (command.ConfigureAwait(false))
                {
                    await command.ExecuteNonQueryAsync().ConfigureAwait(false);
                }
            });
        return builder.Build();
    }

    /// <summary>Asked for before it is created: most users may use a schema and not create one.</summary>
    private Task<bool> CreateSchemaAsync(CancellationToken cancel) => TransactAsync(
        async session =>
        {
            var parameters = new { schema = _address.Schema };
            if (!await session.FirstAsync<bool>("schema-exists", parameters).ConfigureAwait(false))
            {
                await session.ExecuteAsync("lock-schema", parameters).ConfigureAwait(false);
                await session.ExecuteAsync("create-schema", parameters).ConfigureAwait(false);
            }

            return true;
        },
        cancel);

    private async Task<T> UseAsync<T>(Func<NpgsqlConnection, Task<(T Result, SqlSession Session)>> work, CancellationToken cancel)
    {
        try
        {
            var connection = await _source.OpenConnectionAsync(cancel).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var (result, session) = await work(connection).ConfigureAwait(false);
                _bells.Ring(session.Rung);
                return result;
            }
        }
        catch (Exception e) when (PostgresErrors.Translate(e, Database) is { } known)
        {
            throw known;
        }
    }
}
