using Cairn.Storage.Ledger;
using Cairn.Storage.Ledger.Sqlite;
using Microsoft.Data.Sqlite;

namespace Cairn.Storage.Tests.Ledger;

/// <summary>The ledger in a file keeps its promises, and some that only a file can make.</summary>
public sealed class SqliteLedgerTests : LedgerConformance
{
    private SqliteHarness Sqlite => (SqliteHarness)Harness!;

    protected override LedgerHarness? CreateHarness() => new SqliteHarness();

    [Fact]
    public async Task After_another_boot_every_lease_has_run_out()
    {
        var run = await OpenRunAsync(1);
        var stale = (await ClaimOneAsync(await NodeAsync("a"))).Lease;
        Sqlite.Clock.BootId = "second boot";
        Sqlite.Clock.SinceBoot = TimeSpan.FromSeconds(2);
        await using var after = await AnotherAsync();
        Assert.Equal(NodeState.Lost, (await after.NodesAsync(None)).Single(n => n.Node.NodeId == "a").State);
        await NodeAsync("b");
        var fresh = (await after.ClaimAsync(new("b", LeaseTime, 4, 1), None)).Single();
        Assert.Equal(stale with { NodeId = "b", Epoch = 2 }, fresh.Lease);
        Assert.Equal(1, (await BatchAsync(new(run, 0))).Losses);
    }

    [Theory]
    [InlineData(-24)]
    [InlineData(24)]
    public async Task A_clock_that_is_set_changes_no_lease(int hours)
    {
        await OpenRunAsync(1);
        var lease = (await ClaimOneAsync(await NodeAsync("a"))).Lease;
        Sqlite.Clock.UtcNow += TimeSpan.FromHours(hours);
        Assert.Empty(await ClaimAsync(await NodeAsync("b")));
        Assert.Equal([lease], (await BeatAsync("a", lease)).Renewed);
        await LetLeasesLapseAsync();
        Assert.Single(await ClaimAsync("b"));
    }

    [Theory]
    [InlineData("nfs")]
    [InlineData("cifs")]
    [InlineData("lustre")]
    [InlineData("fuse.sshfs")]
    public async Task A_network_file_system_is_refused(string type)
    {
        var refusal = await Assert.ThrowsAsync<SpecException>(() => Sqlite.OpenAsync(_ => type));
        Assert.Contains(type, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("PostgreSQL", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_commit_is_synced_and_logged_ahead()
    {
        await SubmitAsync();
        await using var file = new SqliteFile(Sqlite.File, Sqlite.Clock);
        await file.UseAsync(
            connection =>
            {
                Assert.Equal(("wal", 2L), (Ask(connection, "PRAGMA journal_mode"), Ask(connection, "PRAGMA synchronous")));
                return Task.FromResult(true);
            },
            None);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_left_as_it_is()
    {
        using var folder = new SqliteFolder();
        var file = Path.Combine(folder.Path, "notes.txt");
        await File.WriteAllTextAsync(file, new string('x', 4096));
        await Assert.ThrowsAsync<DataException>(() => LedgerAddress.Parse(file).OpenAsync(TimeProvider.System, None));
        Assert.Equal(new string('x', 4096), await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task A_file_that_another_process_holds_too_long_is_a_passing_trouble()
    {
        await SubmitAsync();
        await using var other = new SqliteFile(Sqlite.File, Sqlite.Clock);
        await other.UseAsync(
            async connection =>
            {
                using var held = connection.BeginTransaction(deferred: false);
                var refusal = await Assert.ThrowsAsync<TransientException>(() => SubmitAsync(Submission(key: "k")));
                Assert.Contains(Sqlite.File, refusal.Message, StringComparison.Ordinal);
                return true;
            },
            None);
        await SubmitAsync(Submission(key: "k"));
    }

    [Fact]
    public async Task A_ledger_in_a_file_of_this_machine_is_opened_by_its_path()
    {
        using var folder = new SqliteFolder();
        var address = LedgerAddress.Parse($"sqlite:{folder.Path}/deep/down/ledger.db");
        Assert.False(address.IsShared);
        await using var ledger = await address.OpenAsync(TimeProvider.System, None);
        var (run, _) = await ledger.SubmitAsync(Submission(), None);
        await ledger.RegisterAsync(new("a", "host-a", 1, "0.1.0", 1, ["cpu"], []), None);
        Assert.Equal(run, (await ledger.ClaimAsync(new("a", LeaseTime, 1, 1), None)).Single().Lease.Batch.RunId);
        await using var again = await address.OpenAsync(TimeProvider.System, None);
        Assert.Empty(await again.ClaimAsync(new("a", LeaseTime, 1, 1), None));
    }

    [Fact]
    public async Task Processes_that_come_first_at_once_create_one_ledger()
    {
        await using var fresh = new SqliteHarness();
        await LedgerSchema.OpenAtOnceAsync(fresh);
    }

    [Fact]
    public async Task A_ledger_of_a_newer_program_is_refused() => await LedgerSchema.RefuseNewerAsync(Sqlite, async sql =>
    {
        await using var file = new SqliteFile(Sqlite.File, Sqlite.Clock);
        await file.UseAsync(connection => Task.FromResult(Ask(connection, sql)), None);
    });

    private static object Ask(SqliteConnection connection, string question)
    {
        using var command = connection.CreateCommand();
        command.CommandText = question;
        return command.ExecuteScalar() ?? "";
    }

    private sealed class SqliteFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("cairn-ledger-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
