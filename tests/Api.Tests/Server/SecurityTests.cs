using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cairn.Api.Server;
using Cairn.Engine.Settings;

namespace Cairn.Api.Tests.Server;

public sealed class SecurityTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer wrong-token-of-some-length")]
    [InlineData("Bearer a-token-of-some-lengt")]
    [InlineData("Basic a-token-of-some-length")]
    public async Task A_request_without_the_token_is_refused(string? authorization)
    {
        await using var seed = await TestSeed.StartAsync(withToken: true);
        seed.Http.DefaultRequestHeaders.Authorization = null;
        seed.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        using var post = await seed.PostAsync(seed.Spec());
        using var metrics = await seed.Http.GetAsync("/metrics");

        await TestSeed.ProblemAsync(post, HttpStatusCode.Unauthorized);
        await TestSeed.ProblemAsync(metrics, HttpStatusCode.Unauthorized);
        Assert.Equal("Bearer", post.Headers.WwwAuthenticate.ToString());
        seed.Http.DefaultRequestHeaders.Remove("Authorization");
        seed.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestSeed.Token);
        Assert.Equal(0, await seed.RunsAsync());
    }

    [Fact]
    public async Task Probes_need_no_token()
    {
        await using var seed = await TestSeed.StartAsync(withToken: true);
        seed.Http.DefaultRequestHeaders.Authorization = null;

        Assert.Equal("alive\n", await seed.Http.GetStringAsync("/healthz"));
        Assert.Equal("ready\n", await seed.Http.GetStringAsync("/readyz"));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public async Task Without_a_token_it_does_not_listen_elsewhere(string address)
    {
        var error = await Assert.ThrowsAsync<SpecException>(
            () => TestSeed.StartAsync(settings => settings with { Address = IPAddress.Parse(address) }));

        Assert.Contains("seed.token-file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_token_it_listens_elsewhere()
    {
        await using var seed = await TestSeed.StartAsync(settings => settings with { Address = IPAddress.Any }, withToken: true);
        using var http = new HttpClient();
        var port = seed.Server.Address.Port;

        Assert.Equal("alive\n", await http.GetStringAsync($"http://127.0.0.1:{port}/healthz"));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("two words that are long enough")]
    [InlineData("")]
    public void A_token_that_protects_nothing_is_refused(string token)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, token + "\n");
        var settings = new SeedSettings { Roots = [], TokenFile = file };

        Assert.Throws<SpecException>(() => BearerToken.Load(settings, _ => null));
        File.Delete(file);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Host", "evil.example")]
    public async Task Without_a_token_a_page_of_somebody_else_gets_nothing(string header, string value)
    {
        await using var seed = await TestSeed.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/runs");
        request.Headers.TryAddWithoutValidation(header, value);
        using var answer = await seed.Http.SendAsync(request);

        await TestSeed.ProblemAsync(answer, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_client_that_asks_too_often_is_told_to_wait_and_probes_are_not()
    {
        await using var seed = await TestSeed.StartAsync(
            settings => settings with { RateRequests = 3, RateWindow = TimeSpan.FromHours(1) });
        for (var i = 0; i < 3; i++)
            await seed.GetAsync("/api/nodes");

        using var answer = await seed.Http.GetAsync("/api/nodes");
        await TestSeed.ProblemAsync(answer, HttpStatusCode.TooManyRequests);
        Assert.Equal(TimeSpan.FromHours(1), answer.Headers.RetryAfter!.Delta);
        Assert.Equal("ready\n", await seed.Http.GetStringAsync("/readyz"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_speaks_TLS_with_its_certificate(bool pfx)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        var folder = Directory.CreateTempSubdirectory("cairn-tls-").FullName;
        var (pem, keyPem, pfxFile) = (folder + "/seed.pem", folder + "/seed.key", folder + "/seed.pfx");
        await File.WriteAllTextAsync(pem, made.ExportCertificatePem());
        await File.WriteAllTextAsync(keyPem, key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllBytesAsync(pfxFile, made.Export(X509ContentType.Pfx));
        var tls = pfx ? new TlsSettings(pfxFile, null, null) : new TlsSettings(pem, keyPem, null);
        await using var seed = await TestSeed.StartAsync(settings => settings with { Tls = tls });
        using var handler = new HttpClientHandler();
        handler.ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown!.Thumbprint == made.Thumbprint;
        using var http = new HttpClient(handler) { BaseAddress = seed.Server.Address };

        Assert.Equal("https", seed.Server.Address.Scheme);
        Assert.Equal("alive\n", await http.GetStringAsync("/healthz"));
        Directory.Delete(folder, recursive: true);
    }
}
