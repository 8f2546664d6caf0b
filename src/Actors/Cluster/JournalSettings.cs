using Akka.Configuration;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Cairn.Actors.Cluster;

/// <summary>Akka.Persistence's settings for the journal of runs.</summary>
public static class JournalSettings
{
    /// <summary>The journal's file in a seed's state directory.</summary>
    public const string FileName = "journal.db";

    /// <summary>
    /// The snapshots have a file of their own, since SQLite allows one writer per file. It may be lost: the journal has everything.
    /// </summary>
    public const string SnapshotsFileName = "snapshots.db";

    /// <summary>In memory, for <c>cairn run</c>, which has its run's folder to resume from.</summary>
    public static readonly Config InMemory = ConfigurationFactory.ParseString("""
        akka.persistence {
          journal.plugin = "akka.persistence.journal.inmem"
          snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
        }
        """);

    /// <summary>
    /// SQLite files in a state directory, created if necessary: for one seed. A commit is durable when it returns (synchronous = FULL,
    /// SQLite's default), with one fsync of the write-ahead log.
    /// </summary>
    public static Config Sqlite(string directory) =>
        Sql("SQLite.MS", SqliteFile(directory, FileName), SqliteFile(directory, SnapshotsFileName), OneWriter);

    /// <summary>A PostgreSQL database, which several seeds can share.</summary>
    /// <exception cref="SpecException">The connection string is malformed.</exception>
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
    /// Two writers of a SQLite file are no faster than one, and the second polls the lock every sixth of a second. Events of several
    /// keepers are written in one batch instead.
    /// </summary>
    private static readonly Config OneWriter = ConfigurationFactory.ParseString("""
        akka.persistence.journal.sql {
          parallelism = 1
          batch-size = 1000
        }
        """);

    /// <summary>With a write-ahead log readers do not block writers, and a commit takes one fsync.</summary>
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
    /// Event streams poll the journal twice a second. A snapshot that cannot be read only costs time: the journal keeps every event.
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
