using Akka.Configuration;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Cairn.Actors.Cluster;

/// <summary>Where the events of runs are kept, as Akka.Persistence's settings.</summary>
public static class JournalSettings
{
    /// <summary>The journal's file in a seed's state directory.</summary>
    public const string FileName = "journal.db";

    /// <summary>
    /// The snapshots' file beside it, for who writes a SQLite file keeps out who would write it too. It may be lost: all is in the journal.
    /// </summary>
    public const string SnapshotsFileName = "snapshots.db";

    /// <summary>In memory: they end with the process. <c>cairn run</c> has its run's folder besides.</summary>
    public static readonly Config InMemory = ConfigurationFactory.ParseString("""
        akka.persistence {
          journal.plugin = "akka.persistence.journal.inmem"
          snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
        }
        """);

    /// <summary>
    /// SQLite files in a state directory, made where there are none: for one seed. A commit is on the disk when it returns (synchronous =
    /// FULL, which is SQLite's default), by one fsync of the log that it is appended to.
    /// </summary>
    public static Config Sqlite(string directory) =>
        Sql("SQLite.MS", SqliteFile(directory, FileName), SqliteFile(directory, SnapshotsFileName), OneWriter);

    /// <summary>A PostgreSQL database: for several seeds, each of which may have to go on from it.</summary>
    /// <exception cref="SpecException">The connection string is none.</exception>
    public static Config Postgres(string connection)
    {
        try
        {
            var database = new NpgsqlConnectionStringBuilder(connection) { Timeout = 5, CommandTimeout = 10 }.ToString();
            return Sql("PostgreSQL.15", database, database, Config.Empty);
        }
        catch (ArgumentException error)
        {
            throw new SpecException(
                $"The journal's connection is not a PostgreSQL connection string (Host=…;Database=…;Username=…): {error.Message}", error);
        }
    }

    /// <summary>
    /// Two who write one SQLite file at once don't go faster, and one waits for a sixth of a second, which is how often the provider looks
    /// whether the other is done. What several keepers write meanwhile is written together.
    /// </summary>
    private static readonly Config OneWriter = ConfigurationFactory.ParseString("""
        akka.persistence.journal.sql {
          parallelism = 1
          batch-size = 1000
        }
        """);

    /// <summary>In a file with its own log (WAL), readers do not block writers, and a commit takes one fsync.</summary>
    private static string SqliteFile(string directory, string name)
    {
        var file = new SqliteConnectionStringBuilder { DataSource = Path.Combine(directory, name), Pooling = true, DefaultTimeout = 5 };
        using var connection = new SqliteConnection(file.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL";
        command.ExecuteNonQuery();
        return file.ToString();
    }

    /// <summary>
    /// Event streams read the journal by polling; twice a second is what people see as at once. A snapshot that cannot be read costs time
    /// alone: the journal keeps every event.
    /// </summary>
    private static Config Sql(string provider, string connection, string snapshots, Config more) => more.WithFallback(
        ConfigurationFactory.ParseString($$"""
        akka.persistence {
          journal {
            plugin = "akka.persistence.journal.sql"
            sql { {{Store(provider, connection)}} }
          }
          snapshot-store {
            plugin = "akka.persistence.snapshot-store.sql"
            sql {
              {{Store(provider, snapshots)}}
              snapshot-is-optional = true
            }
          }
          query.journal.sql {
            {{Store(provider, connection)}}
            refresh-interval = 500ms
          }
        }
        """)).WithFallback(Akka.Persistence.Sql.SqlPersistence.DefaultConfiguration);

    private static string Store(string provider, string connection) => $"""
        provider-name = "{provider}"
            connection-string = "{Escaped(connection)}"
            auto-initialize = true
        """;

    private static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
