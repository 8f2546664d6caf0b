using Cairn.Storage.Ledger.Postgres;
using Cairn.Storage.Ledger.Sql;
using Cairn.Storage.Ledger.Sqlite;

namespace Cairn.Storage.Ledger;

/// <summary>
/// Where a ledger is: <c>sqlite:PATH</c> or a plain path for one machine; <c>postgres://USER@HOST/DATABASE</c> or a connection string of
/// Npgsql for many.
/// </summary>
public sealed class LedgerAddress
{
    private const string SqlitePrefix = "sqlite:";
    private readonly Func<TimeProvider, ISqlDialect> _dialect;

    private LedgerAddress(string shown, bool isShared, Func<TimeProvider, ISqlDialect> dialect) =>
        (Shown, IsShared, _dialect) = (shown, isShared, dialect);

    /// <summary>What may be shown and logged: no password.</summary>
    public string Shown { get; }

    /// <summary>Whether other machines can use it.</summary>
    public bool IsShared { get; }

    /// <summary>Reads an address.</summary>
    /// <exception cref="SpecException">It is empty, or cannot be read.</exception>
    public static LedgerAddress Parse(string text)
    {
        if (PostgresAddress.IsOne(text))
        {
            var address = PostgresAddress.Parse(text);
            return new(address.Shown, true, time => new PostgresDialect(address, time));
        }

        var path = text.StartsWith(SqlitePrefix, StringComparison.OrdinalIgnoreCase) ? text[SqlitePrefix.Length..] : text;
        if (path.Length == 0 || path.Contains("://", StringComparison.Ordinal))
        {
            var found = path.Length == 0 ? "is empty" : "names no database that Cairn knows";
            throw new SpecException($"the ledger's address {found}. Expected sqlite:PATH, a path, or postgres://USER@HOST:PORT/DATABASE.");
        }

        return File(Path.GetFullPath(path));
    }

    /// <summary>Opens the ledger; its tables are created or brought to this program's version where that is needed.</summary>
    /// <param name="time">Paces retries and polling. Leases are measured by the database's clock.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="SpecException">
    /// The database refuses this user, lies on a network file system though it is a file, or was used by a newer program.
    /// </exception>
    /// <exception cref="TransientException">It cannot be reached.</exception>
    public async Task<IRunLedger> OpenAsync(TimeProvider time, CancellationToken cancel) =>
        await SqlLedger.OpenAsync(_dialect(time), time, cancel).ConfigureAwait(false);

    public override string ToString() => Shown;

    private static LedgerAddress File(string path) => new(
        $"{SqlitePrefix}{path}", false, time => new SqliteDialect(path, new SystemLedgerClock(time), time, LocalDisks.TypeOf));
}
