using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Configuration;
using Akka.Hosting;
using Cairn.Actors.Cluster;
using Cairn.Actors.Runs;
using Cairn.Api.Server;
using Cairn.Cluster.Tests;
using Cairn.Engine.Runs;
using Cairn.Engine.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cairn.Bench.Registry;

/// <summary>A real seed with its HTTP interface, and processes' worth of stand-ins for workers, all in this process.</summary>
internal sealed class BenchCluster : IAsyncDisposable
{
    private readonly string _scratch;
    private readonly Config _journal;
    private readonly ClusterDetection _detection;
    private readonly string _state;
    private readonly List<IHost> _workers = [];
    private SeedServer? _seed;

    /// <summary>A cluster of its own.</summary>
    /// <param name="scratch">Where the state of all of them goes.</param>
    /// <param name="journal">The seed's journal.</param>
    /// <param name="detection">How fast all of them notice.</param>
    public BenchCluster(string scratch, Config journal, ClusterDetection detection = ClusterDetection.Normal)
        : this(scratch, journal, detection, FreePort.Find(), ClusterCertificate.Create())
    {
    }

    private BenchCluster(string scratch, Config journal, ClusterDetection detection, int port, ClusterCertificate certificate)
    {
        (_scratch, _journal, _detection, Port, Certificate) = (scratch, journal, detection, port, certificate);
        _state = Directory.CreateDirectory(Path.Combine(scratch, $"state-{Guid.NewGuid():N}")).FullName;
    }

    /// <summary>Where the seed is reached by nodes.</summary>
    public int Port { get; }

    public ClusterCertificate Certificate { get; }

    public SeedServer Seed => _seed ?? throw new InvalidOperationException("there is no seed.");

    public IReadOnlyList<IHost> Workers => _workers;

    /// <summary>The cluster of another process: it has the seed, and this one workers.</summary>
    public static BenchCluster OfAnother(string scratch, int port, ClusterCertificate certificate, ClusterDetection detection) =>
        new(scratch, Config.Empty, detection, port, certificate);

    /// <summary>Starts the seed; it answers when this ends.</summary>
    public async Task StartSeedAsync(CancellationToken cancel = default)
    {
        var settings = new SeedSettings { Roots = [_scratch], Port = 0, RateRequests = int.MaxValue };
        var registry = new RegistrySetup(new SubmissionRules([_scratch], []), TimeProvider.System, RegistryTimes.Default);
        var node = new NodeSettings(Remote(Port), Folder("seed")) { IsSeed = true, Journal = _journal, Detection = _detection };
        _seed = await SeedServer.StartAsync(
            settings, _ => null, services => services.AddClusterNode(node, akka => akka.WithRegistry(registry)), Log);
        await _seed.ReadyAsync(cancel);
    }

    public async Task StopSeedAsync()
    {
        await Seed.DisposeAsync();
        _seed = null;
    }

    /// <summary>Starts a member of the cluster with actors of its own.</summary>
    public async Task<IHost> StartWorkerAsync(Action<AkkaConfigurationBuilder> actors)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var node = new NodeSettings(Remote(0), Folder($"worker-{_workers.Count}"))
        {
            IsWorker = true, Detection = _detection, Join = [MembershipSettings.AddressOf("127.0.0.1", Port)],
        };
        Log(builder.Logging);
        builder.Services.AddClusterNode(node, akka => actors(akka.WithRegistryProxy()));
        var host = builder.Build();
        _workers.Add(host);
        await host.StartAsync();
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_workers.Select(w => w.StopAsync()));
        _workers.ForEach(w => w.Dispose());
        if (_seed is not null)
            await StopSeedAsync();
    }

    private RemoteSettings Remote(int port) => new(Certificate) { Port = port };

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_state, name)).FullName;

    /// <summary>Lines are made and written, as a seed writes them.</summary>
    private void Log(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(Microsoft.Extensions.Logging.LogLevel.Information);
        logging.AddProvider(new FileLog(Path.Combine(_scratch, "log.txt")));
    }

    private sealed class FileLog(string file) : ILoggerProvider, ILogger
    {
        private readonly StreamWriter _lines = new(new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite));
        private readonly Lock _one = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel level) => level >= Microsoft.Extensions.Logging.LogLevel.Information;

        public void Log<TState>(
            Microsoft.Extensions.Logging.LogLevel level, EventId id, TState state, Exception? error,
            Func<TState, Exception?, string> format)
        {
            lock (_one)
            {
                _lines.WriteLine(format(state, error));
                if (level >= Microsoft.Extensions.Logging.LogLevel.Warning)
                {
                    _lines.Flush();
                    Console.Error.WriteLine($"  {format(state, error)} {error?.Message}");
                }
            }
        }

        public void Dispose() => _lines.Dispose();
    }
}
