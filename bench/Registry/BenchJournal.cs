using Akka.Configuration;
using Cairn.Actors.Cluster;
using Cairn.Cluster.Tests.Cluster;

namespace Cairn.Bench.Registry;

/// <summary>What a journal is kept in.</summary>
internal enum JournalKind
{
    Sqlite,
    Postgres,
}

/// <summary>A new journal of either kind. Commits are synced to the disk, as they are for users.</summary>
internal sealed class BenchJournal : IAsyncDisposable
{
    private readonly PostgresServer? _server;

    private BenchJournal(Config settings, PostgresServer? server) => (Settings, _server) = (settings, server);

    public Config Settings { get; }

    public static async Task<BenchJournal> CreateAsync(string scratch, JournalKind kind)
    {
        if (kind == JournalKind.Sqlite)
        {
            var folder = Directory.CreateDirectory(Path.Combine(scratch, $"journal-{Guid.NewGuid():N}")).FullName;
            return new BenchJournal(JournalSettings.Sqlite(folder), null);
        }

        // The server's own user has to get there.
        File.SetUnixFileMode(scratch, File.GetUnixFileMode(scratch) | UnixFileMode.OtherExecute);
        var server = new PostgresServer(isDurable: true, scratch);
        await server.CreateAsync();
        return new BenchJournal(JournalSettings.Postgres(server.Connection), server);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
