using Akka.Configuration;
using Akka.Persistence.Sql;

namespace Cairn.Api.Tests;

/// <summary>A journal of SQLite for tests.</summary>
internal static class TestJournal
{
    public static Config In(string folder)
    {
        var connection = $"Data Source={Path.Combine(folder, "journal.db")};Pooling=False";
        return ConfigurationFactory.ParseString($$"""
            akka.persistence {
              journal {
                plugin = "akka.persistence.journal.sql"
                sql { connection-string = "{{connection}}", provider-name = "SQLite.MS", auto-initialize = on }
              }
              snapshot-store {
                plugin = "akka.persistence.snapshot-store.sql"
                sql { connection-string = "{{connection}}", provider-name = "SQLite.MS", auto-initialize = on }
              }
              query.journal.sql { connection-string = "{{connection}}", provider-name = "SQLite.MS", refresh-interval = 100ms }
            }
            akka.loglevel = WARNING
            akka.stdout-loglevel = OFF
            """).WithFallback(SqlPersistence.DefaultConfiguration);
    }
}
