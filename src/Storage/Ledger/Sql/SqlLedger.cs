using Polly;
using Polly.Retry;

namespace Cairn.Storage.Ledger.Sql;

/// <summary>The ledger in a database: one implementation for all, over what a dialect knows of its own.</summary>
internal sealed partial class SqlLedger : IRunLedger
{
    private readonly ISqlDialect _dialect;
    private readonly ResiliencePipeline _pauses;

    private SqlLedger(ISqlDialect dialect, TimeProvider time)
    {
        _dialect = dialect;
        _pauses = new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(Pauses()).Build();
    }

    /// <summary>Opens a ledger, creating or migrating its tables where that is needed.</summary>
    /// <exception cref="SpecException">The database cannot be used as it is named, or a newer program has used it.</exception>
    public static async Task<SqlLedger> OpenAsync(ISqlDialect dialect, TimeProvider time, CancellationToken cancel)
    {
        var ledger = new SqlLedger(dialect, time);
        try
        {
            await ledger._pauses.ExecuteAsync(async token => await dialect.MigrateAsync(token).ConfigureAwait(false), cancel)
                .ConfigureAwait(false);
            return ledger;
        }
        catch
        {
            await ledger.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task WaitAsync(LedgerChange change, TimeSpan atMost, CancellationToken cancel) => _dialect.WaitAsync(change, atMost, cancel);

    public ValueTask DisposeAsync() => _dialect.DisposeAsync();

    /// <summary>
    /// A few tries within a second bridge a broken connection and two transactions in each other's way. Longer outages are the caller's,
    /// who knows what must stop meanwhile.
    /// </summary>
    private static RetryStrategyOptions Pauses() => new()
    {
        ShouldHandle = new PredicateBuilder().Handle<TransientException>(),
        MaxRetryAttempts = 3,
        Delay = TimeSpan.FromMilliseconds(50),
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
    };

    private Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancel) =>
        AgainAsync(token => _dialect.ReadAsync(work, token), cancel);

    private Task<T> StatementAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancel) =>
        AgainAsync(token => _dialect.StatementAsync(work, token), cancel);

    private Task<T> TransactAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancel) =>
        AgainAsync(token => _dialect.TransactAsync(work, token), cancel);

    private Task<bool> TransactAsync(Func<SqlSession, Task> work, CancellationToken cancel) => TransactAsync(
        async session =>
        {
            await work(session).ConfigureAwait(false);
            return true;
        },
        cancel);

    private async Task<T> AgainAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancel) =>
        await _pauses.ExecuteAsync(async token => await call(token).ConfigureAwait(false), cancel).ConfigureAwait(false);

    private static FencedException Fenced(Lease lease) => new(
        $"{lease.NodeId} no longer holds {lease.Batch} under epoch {lease.Epoch}: its lease ran out and was taken back, or it was ended. "
        + "Stop stepping it.");
}
