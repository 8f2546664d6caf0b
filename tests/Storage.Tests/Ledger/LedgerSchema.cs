namespace Cairn.Storage.Tests.Ledger;

/// <summary>What holds for the tables of either database.</summary>
internal static class LedgerSchema
{
    public static async Task OpenAtOnceAsync(LedgerHarness fresh)
    {
        var ledgers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(fresh.OpenAsync)));
        var run = await ledgers[0].SubmitAsync(new("winds", "{}", "/scratch/winds", 0, 1, new(false, null), 3, null), default);
        foreach (var ledger in ledgers)
        {
            Assert.Equal(run.RunId, (await ledger.RunsAsync(10, null, default)).Single().RunId);
            await ledger.DisposeAsync();
        }
    }

    public static async Task RefuseNewerAsync(LedgerHarness harness, Func<string, Task> execute)
    {
        await execute("INSERT INTO cairn_schema (version, name) VALUES (4711, '4711-to-come')");
        var refusal = await Assert.ThrowsAsync<SpecException>(harness.OpenAsync);
        Assert.Contains("4711", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("up to 1", refusal.Message, StringComparison.Ordinal);
    }
}
