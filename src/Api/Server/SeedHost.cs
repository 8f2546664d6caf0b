using Cairn.Actors.Seed;
using Cairn.Engine.Runs;
using Cairn.Engine.Settings;
using Cairn.Storage.Ledger;
using Microsoft.Extensions.Logging;

namespace Cairn.Api.Server;

/// <summary>A seed: a registry before the ledger, and the HTTP API before that. It answers probes while the ledger is opened.</summary>
public sealed class SeedHost : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250), LongestPause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _ending = new();
    private readonly ActorSystem _system = ActorSystem.Create("seed");
    private readonly Func<CancellationToken, Task<IRunLedger>> _open;
    private readonly TimeProvider _time;
    private readonly Task<IRunLedger> _ledger;
    private SeedServer? _server;

    private SeedHost(Func<CancellationToken, Task<IRunLedger>> open, TimeProvider time)
    {
        (_open, _time) = (open, time);
        _ledger = OpenAsync();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => _server!.Address;

    /// <summary>The registry, for messages.</summary>
    public IActorRef Registry { get; private set; } = ActorRefs.Nobody;

    /// <summary>Ends when the ledger is open, or can never be.</summary>
    public Task Ready => _ledger;

    /// <summary>Starts to listen, and to open the ledger.</summary>
    /// <param name="settings">What a seed is told.</param>
    /// <param name="open">Opens the ledger; asked again when it fails for now.</param>
    /// <param name="environment">Asks for a variable of the environment.</param>
    /// <param name="time">Paces tries, and measures.</param>
    /// <param name="logging">Where to log to; null for nowhere.</param>
    /// <exception cref="SpecException">The settings cannot be carried out, or would leave the seed open to anybody.</exception>
    public static async Task<SeedHost> StartAsync(
        SeedSettings settings, Func<CancellationToken, Task<IRunLedger>> open, Func<string, string?> environment, TimeProvider time,
        Action<ILoggingBuilder>? logging = null)
    {
        var token = BearerToken.Load(settings, environment);
        var host = new SeedHost(open, time);
        try
        {
            var rules = new SubmissionRules(settings.Roots, settings.RankCommands);
            var ledger = host._ledger;
            host.Registry = host._system.ActorOf(Props.Create(() => new LedgerRegistry(ledger, rules, time)), "runs");
            host._server = await SeedServer.StartAsync(settings, token, host.Registry, logging).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends the API, then the registry, then the ledger.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }

        await _system.Terminate().ConfigureAwait(false);
        // However opening ended: what it threw is told by Ready.
        await ((Task)_ledger).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_ledger.IsCompletedSuccessfully)
        {
            await _ledger.Result.DisposeAsync().ConfigureAwait(false);
        }

        _ending.Dispose();
    }

    private async Task<IRunLedger> OpenAsync()
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await _open(_ending.Token).ConfigureAwait(false);
            }
            catch (TransientException)
            {
                await Task.Delay(pause, _time, _ending.Token).ConfigureAwait(false);
            }
        }
    }
}
