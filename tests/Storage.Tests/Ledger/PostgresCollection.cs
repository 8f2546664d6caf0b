namespace Cairn.Storage.Tests.Ledger;

/// <summary>Test classes that share one server.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresFixture>
{
    public const string Name = "PostgreSQL";
}

/// <summary>The server of a collection of tests, where one is installed.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    /// <summary>Null where none can be started.</summary>
    internal PostgresServer? Server { get; private set; }

    public async Task InitializeAsync()
    {
        if (PostgresServer.Missing is null)
        {
            Server = new();
            await Server.CreateAsync();
        }
    }

    public async Task DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
    }
}
