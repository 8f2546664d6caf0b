using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.Hosting;
using Cairn.Actors;
using Cairn.Actors.Runs;
using Cairn.Api.Server;
using Cairn.Cli.Services;
using Cairn.Engine.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Cli.Run;

/// <summary>Whether and where a run serves the dashboard.</summary>
internal sealed class DashboardOptions
{
    private readonly Option<bool> _show = new("--dashboard")
    {
        Description = "Serve a page that shows the run while it lasts, for browsers of this machine; its address and token are printed.",
    };

    private readonly Option<int?> _port = new("--dashboard-port")
    {
        Description = "The page's port; any that is free by default.", HelpName = "PORT",
    };

    public void AddTo(Command command)
    {
        command.Add(_show);
        command.Add(_port);
    }

    /// <summary>The port, 0 for any; null if no dashboard was requested.</summary>
    /// <exception cref="SpecException">The port is not available.</exception>
    public int? Port(ParseResult parsed)
    {
        var port = parsed.GetValue(_port);
        if (port is < 0 or > 65535)
            throw new SpecException($"--dashboard-port is {port}; expected a port, 0 to 65535, 0 for any that is free.");

        if (!parsed.GetValue(_show) && port is null)
            return null;

        FreePort.Require("127.0.0.1", port ?? 0, "--dashboard-port");
        return port ?? 0;
    }
}

/// <summary>
/// Serves a seed's dashboard and API for a local run, on loopback, until the run ends. Other users of the machine can reach
/// loopback too, so a token is always required: $CAIRN_TOKEN, or a random one.
/// </summary>
internal sealed class LocalDashboard(int port, Action<string> say) : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cairn-journal-");
    private Task _serving = Task.CompletedTask;

    /// <summary>The run's journal, which the page reads.</summary>
    public string JournalFolder => _folder.FullName;

    /// <summary>Starts to serve once the registry has the run.</summary>
    public void Serve(LocalRun run) => _serving = ServeAsync(run);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _serving.ConfigureAwait(false);
        _ending.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task ServeAsync(LocalRun run)
    {
        try
        {
            var id = await run.Accepted.WaitAsync(_ending.Token).ConfigureAwait(false);
            var given = Environment.GetEnvironmentVariable(BearerToken.Variable)?.Trim();
            var token = string.IsNullOrEmpty(given) ? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) : given;
            var settings = new SeedSettings { Address = IPAddress.Loopback, Port = port, Roots = [] };
            var server = await SeedServer.StartAsync(
                settings, name => name == BearerToken.Variable ? token : null, services => Add(services, run), onlyRun: id)
                .ConfigureAwait(false);
            await using (server.ConfigureAwait(false))
            {
                say(string.Create(CultureInfo.InvariantCulture, $"dashboard at {server.Address.GetLeftPart(UriPartial.Authority)}/, token ")
                    + (token == given ? $"as in ${BearerToken.Variable}" : token));
                await Task.Delay(Timeout.Infinite, _ending.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The run has ended, or was refused.
        }
        catch (SpecException e)
        {
            say($"warning: there is no dashboard: {e.Message}");
        }
    }

    private static void Add(IServiceCollection services, LocalRun run) =>
        services.AddSingleton(run.System).AddSingleton<IRequiredActor<RunRegistry>>(new LocalRegistry(run.Registry));

    private sealed class LocalRegistry(IActorRef registry) : IRequiredActor<RunRegistry>
    {
        public IActorRef ActorRef => registry;

        public Task<IActorRef> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(registry);
    }
}
