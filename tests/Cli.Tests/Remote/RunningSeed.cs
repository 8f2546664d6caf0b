using Cairn.Api.Server;
using Cairn.Engine.Settings;
using Cairn.Storage.Ledger;

namespace Cairn.Cli.Tests.Remote;

/// <summary>A seed in this process, and its SQLite ledger, for commands to ask.</summary>
internal sealed class RunningSeed : IAsyncDisposable
{
    private readonly SeedHost _host;

    private RunningSeed(SeedHost host, IRunLedger ledger) => (_host, Ledger) = (host, ledger);

    /// <summary>The same ledger, as a worker uses it.</summary>
    public IRunLedger Ledger { get; }

    public string Url => _host.Address.GetLeftPart(UriPartial.Authority);

    public static async Task<RunningSeed> StartAsync(string folder, string? token = null)
    {
        var address = LedgerAddress.Parse(Path.Combine(folder, "ledger.db"));
        var settings = new SeedSettings { Port = 0, Roots = [folder, Path.Combine(CommandLine.Root, "data")] };
        var host = await SeedHost.StartAsync(
            settings, cancel => address.OpenAsync(TimeProvider.System, cancel), name => name == BearerToken.Variable ? token : null,
            TimeProvider.System);
        await host.Ready;
        return new RunningSeed(host, await address.OpenAsync(TimeProvider.System, default));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await Ledger.DisposeAsync();
    }
}
