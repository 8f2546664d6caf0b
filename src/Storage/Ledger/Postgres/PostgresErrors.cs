using System.Net.Sockets;
using Npgsql;

namespace Cairn.Storage.Ledger.Postgres;

/// <summary>PostgreSQL's error classes (its manual, appendix A) by what the caller can do.</summary>
internal static class PostgresErrors
{
    /// <summary>The error as the ledger's callers know it; null for one that is not the database's.</summary>
    public static CairnException? Translate(Exception error, string database) => error switch
    {
        PostgresException refused => Refused(refused, database),
        NpgsqlException or SocketException or TimeoutException or IOException =>
            new TransientException(
                $"{database} cannot be reached: {Innermost(error)} Is it up, and can this machine connect to it?", error),
        _ => null,
    };

    private static CairnException Refused(PostgresException error, string database)
    {
        var found = $"{error.MessageText} (SQLSTATE {error.SqlState})";
        return error.SqlState[..2] switch
        {
            // Connections, resources, intervention, another transaction, a lock that is not to be had, two that insert the same.
            "08" or "53" or "57" or "58" or "40" or "55" or "23" =>
                new TransientException($"{database} refused for now: {found}. Sent again later, the same call may succeed.", error),
            "28" or "3D" => new SpecException($"{database} refuses this user: {found}. Check the user, the database's name and the "
                + "password (PGPASSWORD, or a passfile).", error),
            "42" when error.SqlState == PostgresErrorCodes.InsufficientPrivilege => new SpecException(
                $"{database} refuses this user: {found}. Expected the right to create a schema in it and to write there.", error),
            _ => new DataException(
                $"{database} answered with an error that no retry will cure: {found}. Was a table changed by hand?", error),
        };
    }

    private static string Innermost(Exception error)
    {
        var text = error.GetBaseException().Message.TrimEnd();
        return text.EndsWith('.') ? text : $"{text}.";
    }
}
