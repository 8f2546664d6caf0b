using Microsoft.Data.Sqlite;

namespace Cairn.Storage.Ledger.Sqlite;

/// <summary>SQLite's result codes (sqlite.org/rescode.html) by what the caller can do.</summary>
internal static class SqliteErrors
{
    private const int Permission = 3, Busy = 5, Locked = 6, ReadOnly = 8, Interrupted = 9, IOError = 10, Full = 13, CannotOpen = 14;
    private const int Protocol = 15, NotADatabase = 26, Authorization = 23;

    public static CairnException Translate(SqliteException error, string database) => error.SqliteErrorCode switch
    {
        Busy or Locked or Interrupted or IOError or Full or Protocol =>
            new TransientException($"{database} refused for now: {error.Message} Sent again later, the same call may succeed.", error),
        Permission or ReadOnly or CannotOpen or Authorization =>
            new SpecException($"{database} cannot be opened for writing: {error.Message} Expected a file that this user may create or "
                + "write, in a folder of a local disk.", error),
        NotADatabase => new DataException($"{database} is not a SQLite database. Name another file, or move this one away.", error),
        _ => new DataException($"{database} answered with an error that no retry will cure: {error.Message} `sqlite3 FILE 'pragma "
            + "integrity_check'` tells whether the file is whole.", error),
    };
}
