using Cairn.Storage.Ledger;

namespace Cairn.Storage.Tests.Ledger;

/// <summary>The ledger in PostgreSQL keeps its promises, connections cut and servers restarted or not.</summary>
[Collection(PostgresCollection.Name)]
[Trait("Category", "Slow")]
public sealed class PostgresLedgerTests(PostgresServer server) : LedgerConformance
{
    private PostgresHarness? Postgres => (PostgresHarness?)Harness;

    protected override LedgerHarness? CreateHarness() => server.Missing is null ? new PostgresHarness(server) : null;

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
        Skip.If(Postgres is null, "PostgreSQL's server is not installed");
        for (var i = 0; i < 3; i++)
        {
            await using var fresh = new PostgresHarness(server);
            await LedgerSchema.OpenAtOnceAsync(fresh);
        }
    }

    [SkippableFact]
    public async Task A_ledger_of_a_newer_program_is_refused()
    {
        Skip.If(Postgres is null, "PostgreSQL's server is not installed");
        await LedgerSchema.RefuseNewerAsync(Postgres, Postgres.ExecuteAsync);
    }

    [SkippableFact]
    public async Task A_user_without_a_right_is_told_so_and_no_password_is()
    {
        Skip.If(Postgres is null, "PostgreSQL's server is not installed");
        var address = $"Host=127.0.0.1;Port={server.Port};Username=nobody;Password=hunter2;Database=postgres";
        var refusal = await Assert.ThrowsAsync<SpecException>(
            () => LedgerAddress.Parse(address).OpenAsync(TimeProvider.System, None));
        Assert.Contains("nobody", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refusal.ToString(), StringComparison.Ordinal);
    }
}
