using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Akka.Hosting;
using Cairn.Actors.Cluster;
using Cairn.Actors.Runs;
using Cairn.Api.Server;
using Cairn.Api.Wire;
using Cairn.Engine.Runs;
using Cairn.Engine.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cairn.Api.Tests;

/// <summary>A real seed on a free port of loopback, its registry with a journal of SQLite in a scratch folder, and a client.</summary>
internal sealed class TestSeed : IAsyncDisposable
{
    public const string Token = "a-token-of-some-length";
    private static readonly string Data = Path.Combine(
        typeof(TestSeed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CairnRoot").Value!, "data");

    private readonly bool _ownsFolder;

    private TestSeed(string folder, bool ownsFolder, SeedServer server, ActorSystem system, HttpClient http) =>
        (Folder, _ownsFolder, Server, System, Http) = (folder, ownsFolder, server, system, http);

    public string Folder { get; }

    public SeedServer Server { get; }

    public ActorSystem System { get; }

    public HttpClient Http { get; }

    /// <param name="change">Changes the settings.</param>
    /// <param name="withToken">Whether the seed and the client have the token.</param>
    /// <param name="beside">A seed whose registry and folder this one shares, as another seed of a cluster does.</param>
    /// <param name="logging">Where it logs to.</param>
    public static async Task<TestSeed> StartAsync(
        Func<SeedSettings, SeedSettings>? change = null, bool withToken = false, TestSeed? beside = null, ILoggerProvider? logging = null)
    {
        var folder = beside?.Folder ?? Directory.CreateTempSubdirectory("cairn-api-").FullName;
        var settings = new SeedSettings { Port = 0, Roots = [folder, Data] };
        settings = change?.Invoke(settings) ?? settings;
        var server = await SeedServer.StartAsync(
            settings, name => withToken && name == BearerToken.Variable ? Token : null,
            services => Actors(services, settings, folder, beside), log => log.AddProvider(logging ?? new Deaf()));
        var http = new HttpClient { BaseAddress = server.Address };
        if (withToken)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);

        var system = beside?.System ?? server.System;
        return new TestSeed(folder, beside is null, server, system, http);
    }

    /// <summary>A node that does only what a test says.</summary>
    public TestWorker Worker(string id = "node-1") => new(System, Server.Registry, id);

    /// <summary>A small run of persistence, below the seed's roots.</summary>
    public string Spec(string name = "trial", string more = "") => $$"""
        name = {{name}}
        model { kind = persistence, step = 6h }
        initial { source = netcdf, path = "{{Data}}/navy-winds-1982-1992.nc", time = "1990-01-16" }
        initial.variables { u = u10m, v = v10m }
        lead-times { every = 6h, count = 3 }
        ensemble { size = 4, batch-size = 2 }
        checkpoint { path = "{{Folder}}/{{name}}/checkpoints" }
        output { kind = zarr, path = "{{Folder}}/{{name}}/fields.zarr" }
        {{more}}
        """;

    public static HttpContent Hocon(string text) => new StringContent(text, Encoding.UTF8, "application/hocon");

    public async Task<HttpResponseMessage> PostAsync(string spec, string? key = null, string path = "/api/runs")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Hocon(spec) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);

        return await Http.SendAsync(request);
    }

    public async Task<string> SubmitAsync(string name = "trial")
    {
        using var answer = await PostAsync(Spec(name));
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<Submitted>(WireJson.Options))!.Id;
    }

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await Http.GetStringAsync(path))!;

    public async Task<int> RunsAsync() => (await GetAsync("/api/runs"))["runs"]!.AsArray().Count;

    /// <summary>The figures, as they are read: a sample without labels has no braces.</summary>
    public async Task<string> FiguresAsync(CancellationToken cancel = default) =>
        (await Http.GetStringAsync("/metrics", cancel)).Replace("{} ", " ", StringComparison.Ordinal);

    /// <summary>Waits until the figures say something.</summary>
    public async Task UntilAsync(string figure)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!(await FiguresAsync(patience.Token)).Contains(figure, StringComparison.Ordinal))
            await again.WaitForNextTickAsync(patience.Token);
    }

    /// <summary>What the journal of a run has.</summary>
    public async Task<List<JournaledEvent>> JournalAsync(string id)
    {
        var events = new List<JournaledEvent>();
        await foreach (var e in new RunJournal(System).ReadAsync(id, 0, 1000, default))
        {
            events.Add(e);
        }

        return events;
    }

    /// <summary>Takes a refusal apart, and sees that it is one.</summary>
    public static async Task<Problem> ProblemAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, string.Create(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode}: {text}"));
        Assert.Equal(Problem.ContentType, answer.Content.Headers.ContentType?.MediaType);
        Assert.False(answer.Headers.Contains("Server"));
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        var problem = global::System.Text.Json.JsonSerializer.Deserialize<Problem>(text, WireJson.Options)!;
        Assert.Equal((int)expected, problem.Status);
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        if (_ownsFolder)
            Directory.Delete(Folder, recursive: true);
    }

    private static void Actors(IServiceCollection services, SeedSettings settings, string folder, TestSeed? beside)
    {
        if (beside is not null)
        {
            services.AddSingleton(beside.System);
            services.AddSingleton<IRequiredActor<RunRegistry>>(new OtherRegistry(beside.Server.Registry));
            return;
        }

        var setup = new RegistrySetup(SubmissionRules.Of(settings), TimeProvider.System, RegistryTimes.Default);
        services.AddAkka("cairn", (akka, _) =>
            akka.AddHocon(TestJournal.In(folder).WithFallback(CairnSerializer.Settings), HoconAddMode.Prepend)
            .WithActors((system, actors) => actors.Register<RunRegistry>(system.ActorOf(RunRegistry.Props(setup), "runs"))));
    }

    /// <summary>As Akka's singleton proxy stands before the registry of another seed.</summary>
    private sealed class OtherRegistry(IActorRef registry) : IRequiredActor<RunRegistry>
    {
        public IActorRef ActorRef => registry;

        public Task<IActorRef> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(registry);
    }

    private sealed class Deaf : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public void Dispose()
        {
        }
    }
}
