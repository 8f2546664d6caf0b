using System.Collections.Concurrent;
using System.Diagnostics;
using Cairn.Storage.Ledger;

namespace Cairn.Storage.Tests.Ledger;

/// <summary>The ledger in PostgreSQL keeps its promises, connections cut and servers restarted or not.</summary>
[Collection(PostgresCollection.Name)]
[Trait("Category", "Slow")]
public sealed class PostgresLedgerTests(PostgresFixture fixture) : LedgerConformance
{
    private PostgresHarness? Postgres => (PostgresHarness?)Harness;

    protected override LedgerHarness? CreateHarness() => fixture.Server is { } server ? new PostgresHarness(server) : null;

    [SkippableFact]
    public async Task Cut_connections_are_replaced_and_nobody_notices()
    {
        var run = await OpenRunAsync(1);
        var lease = (await ClaimOneAsync(await NodeAsync("a"))).Lease;
        await using var other = await AnotherAsync();
        await SettledAsync(other, LedgerChange.Work);
        for (var i = 0; i < 3; i++)
        {
            await Postgres!.CutConnectionsAsync();
            Assert.Equal([lease], (await BeatAsync("a", lease)).Renewed);
        }

        // The listener hears again too, or whoever waits would look only now and then.
        await SettledAsync(other, LedgerChange.Work);
        await WokenAsync(other, LedgerChange.Work, () => SubmitAsync());
        await EndAsync(lease);
        Assert.Equal(1, (await RunAsync(run)).Completed);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_is_away_is_a_passing_trouble_and_loses_nothing(bool killed)
    {
        var run = await OpenRunAsync(2);
        var lease = (await ClaimOneAsync(await NodeAsync("a"))).Lease;
        await Ledger.RecordSessionAsync(lease, new("s1", lease.Epoch, TimeSpan.FromHours(6)), None);
        var server = Postgres!.Server;
        await (killed ? server.KillAsync() : server.StopAsync());
        try
        {
            var refusal = await Assert.ThrowsAsync<TransientException>(() => BeatAsync("a", lease));
            Assert.Contains($"127.0.0.1:{server.Port}", refusal.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<TransientException>(() => EndAsync(lease));
            await Assert.ThrowsAsync<TransientException>(AnotherAsync);
        }
        finally
        {
            await server.StartAsync();
        }

        Assert.Equal([lease], (await BeatAsync("a", lease)).Renewed);
        Assert.Equal("s1", (await BatchAsync(lease.Batch)).NewestSession);
        await EndAsync(lease);
        await FinishAsync("a");
        Assert.Equal(2, (await RunAsync(run)).Completed);
    }

    [SkippableFact]
    public async Task Processes_that_come_first_at_once_create_one_ledger()
    {
        Skip.If(Postgres is null, PostgresServer.Missing);
        for (var i = 0; i < 3; i++)
        {
            await using var fresh = new PostgresHarness(Postgres.Server);
            await LedgerSchema.OpenAtOnceAsync(fresh);
        }
    }

    [SkippableFact]
    public async Task A_ledger_of_a_newer_program_is_refused()
    {
        Skip.If(Postgres is null, PostgresServer.Missing);
        await LedgerSchema.RefuseNewerAsync(Postgres, Postgres.ExecuteAsync);
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(8)]
    public async Task A_heartbeat_is_one_statement_however_many_leases_it_renews(int held)
    {
        await OpenRunAsync(8);
        await NodeAsync("a");
        var leases = held == 0 ? [] : (await ClaimAsync("a", held)).Select(c => c.Lease).ToArray();
        var sent = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = command => sent.Enqueue(
                command.Tags.Select(t => t.Value ?? "").FirstOrDefault(v => v.Contains("nodes", StringComparison.Ordinal)) ?? ""),
        };
        ActivitySource.AddActivityListener(listener);
        Assert.Equal(held, (await BeatAsync("a", leases)).Renewed.Count);
        var beat = Assert.Single(sent, s => s.Contains("heartbeat_at", StringComparison.Ordinal));
        Assert.DoesNotContain(sent, s => s.Contains("batches", StringComparison.Ordinal) && s != beat);
        Assert.Equal(1, beat.Count(c => c == ';'));
    }

    [SkippableFact]
    public async Task A_user_without_a_right_is_told_so_and_no_password_is()
    {
        Skip.If(Postgres is null, PostgresServer.Missing);
        var address = $"Host=127.0.0.1;Port={Postgres.Server.Port};Username=nobody;Password=hunter2;Database=postgres";
        var refusal = await Assert.ThrowsAsync<SpecException>(
            () => LedgerAddress.Parse(address).OpenAsync(TimeProvider.System, None));
        Assert.Contains("nobody", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refusal.ToString(), StringComparison.Ordinal);
    }
}
