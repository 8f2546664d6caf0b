using System.Data.Common;
using Dapper;

namespace Cairn.Storage.Ledger.Sql;

/// <summary>A connection for as long as one call needs it.</summary>
internal sealed class SqlSession(DbConnection connection, DbTransaction? transaction, SqlScripts scripts, CancellationToken cancel)
{
    private readonly HashSet<LedgerChange> _rung = [];

    /// <summary>What is to be told to whoever waits, once this is committed.</summary>
    public IReadOnlyCollection<LedgerChange> Rung => _rung;

    public void Ring(LedgerChange change) => _rung.Add(change);

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string script, object? parameters = null) =>
        (await connection.QueryAsync<T>(Command(script, parameters)).ConfigureAwait(false)).AsList();

    public Task<T?> FirstAsync<T>(string script, object? parameters = null) =>
        connection.QueryFirstOrDefaultAsync<T>(Command(script, parameters));

    /// <summary>A script with two answers: a row, and rows.</summary>
    public async Task<(TOne One, IReadOnlyList<TMany> Many)> TwoAsync<TOne, TMany>(string script, object parameters)
    {
        var answers = await connection.QueryMultipleAsync(Command(script, parameters)).ConfigureAwait(false);
        await using (answers.ConfigureAwait(false))
        {
            var one = await answers.ReadFirstAsync<TOne>().ConfigureAwait(false);
            return (one, (await answers.ReadAsync<TMany>().ConfigureAwait(false)).AsList());
        }
    }

    /// <summary>The number of rows that were changed.</summary>
    public Task<int> ExecuteAsync(string script, object? parameters = null) => connection.ExecuteAsync(Command(script, parameters));

    /// <summary>Appends an event.</summary>
    public Task TellAsync(string kind, BatchKey batch, string? node, string detail) =>
        TellAsync(kind, batch.RunId, batch.First, node, detail);

    /// <summary>Appends an event.</summary>
    public Task TellAsync(string kind, string? run, int? first, string? node, string detail)
    {
        Ring(LedgerChange.Events);
        return ExecuteAsync("event", new { run, first, node, kind, detail });
    }

    private CommandDefinition Command(string script, object? parameters) =>
        new(scripts[script], parameters, transaction, cancellationToken: cancel);
}
