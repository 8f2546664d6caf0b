using Akka.Actor;
using Akka.Hosting;
using Cairn.Actors.Cluster;
using Cairn.Actors.Runs;
using Cairn.Api.Server;
using Cairn.Api.Tests;
using Cairn.Engine.Runs;
using Cairn.Engine.Settings;

namespace Cairn.Cli.Tests.Remote;

/// <summary>A seed in this process, its registry with a journal of SQLite, for commands to ask.</summary>
internal sealed class RunningSeed : IAsyncDisposable
{
    private readonly SeedServer _server;

    private RunningSeed(SeedServer server) => _server = server;

    public string Url => _server.Address.GetLeftPart(UriPartial.Authority);

    public static async Task<RunningSeed> StartAsync(string folder, string? token = null, TimeProvider? time = null)
    {
        var settings = new SeedSettings { Port = 0, Roots = [folder, Path.Combine(CommandLine.Root, "data")] };
        var rules = new SubmissionRules(settings.Roots, settings.RankCommands);
        var setup = new RegistrySetup(rules, time ?? TimeProvider.System, RegistryTimes.Default);
        return new RunningSeed(await SeedServer.StartAsync(
            settings, name => name == BearerToken.Variable ? token : null,
            services => services.AddAkka("cairn", (akka, _) => akka
                .AddHocon(TestJournal.In(folder).WithFallback(CairnSerializer.Settings), HoconAddMode.Prepend)
                .WithActors((system, actors) => actors.Register<RunRegistry>(system.ActorOf(RunRegistry.Props(setup), "runs"))))));
    }

    /// <summary>A node that does only what a test says.</summary>
    public TestWorker Worker(string id) => new(_server.System, _server.Registry, id);

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();
}
