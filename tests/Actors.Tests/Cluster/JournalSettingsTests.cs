using Akka.Persistence;
using Cairn.Actors.Cluster;
using Cairn.Actors.Runs;
using Microsoft.Data.Sqlite;

namespace Cairn.Actors.Tests.Cluster;

/// <summary>What a seed's journal in SQLite promises.</summary>
public sealed class JournalSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-journal-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_commit_is_synced_to_the_disk_and_appended_to_a_log_that_keeps_out_nobody_who_reads()
    {
        var settings = JournalSettings.Sqlite(_folder);
        foreach (var (key, file) in new[] { ("journal", JournalSettings.FileName), ("snapshot-store", JournalSettings.SnapshotsFileName) })
        {
            var connection = settings.GetString($"akka.persistence.{key}.sql.connection-string");
            Assert.Contains(Path.Combine(_folder, file), connection, StringComparison.Ordinal);
            Assert.Equal(("wal", 2L), (Ask(connection, "PRAGMA journal_mode"), Ask(connection, "PRAGMA synchronous")));
        }
    }

    [Fact]
    public void One_writes_a_file_at_a_time()
    {
        Assert.Equal(1, JournalSettings.Sqlite(_folder).GetInt("akka.persistence.journal.sql.parallelism"));
        Assert.Equal(3, JournalSettings.Postgres("Host=db.example.org;Database=cairn").GetInt("akka.persistence.journal.sql.parallelism"));
    }

    [Fact]
    public async Task What_a_lost_or_damaged_file_of_snapshots_held_is_made_anew_from_the_journal()
    {
        Assert.Equal(0, await CountedAsync(add: 3));
        SqliteConnection.ClearAllPools();
        await using (var snapshots = new SqliteConnection($"Data Source={Path.Combine(_folder, JournalSettings.SnapshotsFileName)}"))
        {
            await snapshots.OpenAsync();
            await using var damage = snapshots.CreateCommand();
            damage.CommandText = "UPDATE snapshot SET snapshot = x'00'";
            Assert.Equal(1, await damage.ExecuteNonQueryAsync());
        }

        Assert.Equal(3, await CountedAsync(add: 0));
    }

    private static object? Ask(string connection, string question)
    {
        using var opened = new SqliteConnection(connection);
        opened.Open();
        using var command = opened.CreateCommand();
        command.CommandText = question;
        return command.ExecuteScalar();
    }

    /// <summary>A system's worth of an actor that counts its events: what it recovered with. It adds some, and makes a snapshot.</summary>
    private async Task<int> CountedAsync(int add)
    {
        using var system = ActorSystem.Create("journal", JournalSettings.Sqlite(_folder).WithFallback(CairnSerializer.Settings));
        var counter = system.ActorOf(Props.Create(() => new Counter()));
        var recovered = await counter.Ask<int>(add, TimeSpan.FromMinutes(1));
        await system.Terminate();
        return recovered;
    }

    private sealed class Counter : ReceivePersistentActor
    {
        private int _count;
        private IActorRef _asked = ActorRefs.Nobody;

        public Counter()
        {
            Recover<SnapshotOffer>(offer => _count = ((PackedSnapshot)offer.Snapshot).Data[0]);
            Recover<RunPaused>(_ => _count++);
            Command<int>(add =>
            {
                (_asked, var recovered) = (Sender, _count);
                PersistAll(Enumerable.Repeat(new RunPaused(DateTimeOffset.UnixEpoch), add), _ =>
                {
                    _count++;
                    if (_count == recovered + add)
                        SaveSnapshot(new PackedSnapshot("count", [(byte)_count]));
                });
                if (add == 0)
                    _asked.Tell(recovered);
            });
            Command<SaveSnapshotSuccess>(_ => _asked.Tell(0));
            Command<SaveSnapshotFailure>(failed => _asked.Tell(new Status.Failure(failed.Cause)));
        }

        public override string PersistenceId => "counter";
    }
}
