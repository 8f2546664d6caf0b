namespace Cairn.Storage.Ledger.Sql;

/// <summary>What differs between two databases, other than the text of statements.</summary>
/// <remarks>
/// Errors of the database leave as <see cref="TransientException"/> when the same call may succeed later, and name the database without
/// its secrets.
/// </remarks>
internal interface ISqlDialect : IAsyncDisposable
{
    /// <summary>The database, for messages; without secrets.</summary>
    string Database { get; }

    /// <summary>Creates what is missing, and brings the tables to this program's version.</summary>
    Task MigrateAsync(CancellationToken cancel);

    /// <summary>Reads what was committed.</summary>
    Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancel);

    /// <summary>Carries out one script, all of it or nothing; in one round trip, where there are any.</summary>
    Task<T> StatementAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancel);

    /// <summary>Carries out several scripts, all of them or nothing.</summary>
    Task<T> TransactAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancel);

    /// <summary>Gives numbers to the events that have none yet, where a database needs that.</summary>
    Task NumberEventsAsync(CancellationToken cancel);

    /// <summary>See <see cref="IRunLedger.WaitAsync"/>.</summary>
    Task WaitAsync(LedgerChange change, TimeSpan atMost, CancellationToken cancel);
}
