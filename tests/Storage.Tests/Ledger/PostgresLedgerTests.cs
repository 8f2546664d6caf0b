namespace Cairn.Storage.Tests.Ledger;

/// <summary>The ledger in PostgreSQL keeps its promises.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresLedgerTests(PostgresServer server) : LedgerConformance
{
    protected override LedgerHarness? CreateHarness() => server.Missing is null ? new PostgresHarness(server) : null;
}
