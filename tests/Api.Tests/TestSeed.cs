using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Cairn.Api.Server;
using Cairn.Api.Wire;
using Cairn.Engine.Settings;
using Cairn.Storage.Ledger;

namespace Cairn.Api.Tests;

/// <summary>A real seed on a free port of loopback, its SQLite ledger in a scratch folder, and a client.</summary>
internal sealed class TestSeed : IAsyncDisposable
{
    public const string Token = "a-token-of-some-length";
    private static readonly string Data = Path.Combine(
        typeof(TestSeed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CairnRoot").Value!, "data");

    private readonly bool _ownsFolder;

    private TestSeed(string folder, bool ownsFolder, SeedHost host, IRunLedger ledger, HttpClient http) =>
        (Folder, _ownsFolder, Host, Ledger, Http) = (folder, ownsFolder, host, ledger, http);

    public string Folder { get; }

    public SeedHost Host { get; }

    /// <summary>The same ledger, as a worker uses it.</summary>
    public IRunLedger Ledger { get; }

    public HttpClient Http { get; }

    /// <param name="change">Changes the settings.</param>
    /// <param name="withToken">Whether the seed and the client have the token.</param>
    /// <param name="beside">A seed whose ledger and folder this one shares.</param>
    public static async Task<TestSeed> StartAsync(
        Func<SeedSettings, SeedSettings>? change = null, bool withToken = false, TestSeed? beside = null)
    {
        var folder = beside?.Folder ?? Directory.CreateTempSubdirectory("cairn-api-").FullName;
        var address = LedgerAddress.Parse(Path.Combine(folder, "ledger.db"));
        var settings = new SeedSettings { Port = 0, Roots = [folder, Data] };
        settings = change?.Invoke(settings) ?? settings;
        var host = await SeedHost.StartAsync(
            settings, cancel => address.OpenAsync(TimeProvider.System, cancel),
            name => withToken && name == BearerToken.Variable ? Token : null, TimeProvider.System);
        await host.Ready;
        var http = new HttpClient { BaseAddress = host.Address };
        if (withToken)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        }

        return new TestSeed(folder, beside is null, host, await address.OpenAsync(TimeProvider.System, default), http);
    }

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
        {
            request.Headers.Add("Idempotency-Key", key);
        }

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

    /// <summary>Takes a refusal apart, and sees that it is one.</summary>
    public static async Task<Problem> ProblemAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, string.Create(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode}: {text}"));
        Assert.Equal(Problem.ContentType, answer.Content.Headers.ContentType?.MediaType);
        Assert.False(answer.Headers.Contains("Server"));
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        var problem = System.Text.Json.JsonSerializer.Deserialize<Problem>(text, WireJson.Options)!;
        Assert.Equal((int)expected, problem.Status);
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
        await Ledger.DisposeAsync();
        if (_ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
