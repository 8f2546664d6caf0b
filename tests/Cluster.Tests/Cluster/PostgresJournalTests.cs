namespace Cairn.Cluster.Tests.Cluster;

/// <summary>A cluster whose journal is in PostgreSQL: the database dies and comes back under a run.</summary>
[Trait("Category", "Slow")]
public sealed class PostgresJournalTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [SkippableFact]
    public async Task Ranks_step_on_while_the_journal_is_away_and_nothing_that_was_reported_is_lost()
    {
        Skip.If(PostgresServer.Missing is not null, PostgresServer.Missing);
        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, "run", Specs.Water(_scratch, "calm", count: 300));
        Assert.True(code == 0, text);
        await using var database = new PostgresServer(isDurable: true);
        await database.CreateAsync();
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 1, database.Connection);
        var run = await cluster.SubmitAsync(Specs.Water(_scratch, "disturbed", count: 300));
        await cluster.UntilSessionsAsync(run, Patience);

        await database.KillAsync();
        await database.StartAsync();

        var ended = await cluster.EndAsync(run, Patience);
        Assert.True(TestCluster.State(ended) == "completed", $"{ended}\n{cluster.Text}");
        TestFiles.AssertSameBytes(_scratch["calm/fields.zarr"], _scratch["disturbed/fields.zarr"]);
        ClusterPromise.AssertKept(await cluster.EventsAsync(run));
    }
}
