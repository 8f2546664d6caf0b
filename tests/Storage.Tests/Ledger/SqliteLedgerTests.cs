namespace Cairn.Storage.Tests.Ledger;

/// <summary>The ledger in a file keeps its promises.</summary>
public sealed class SqliteLedgerTests : LedgerConformance
{
    protected override LedgerHarness? CreateHarness() => new SqliteHarness();
}
