using System.Net;

namespace Cairn.Engine.Tests.Settings;

public sealed class ServiceSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-settings-").FullName;

    [Fact]
    public void Overrides_go_before_the_file_and_the_file_before_the_defaults()
    {
        var settings = Read("seed { port = 1, max-streams = 5, roots = [a, /b] }", "seed.port=2");

        Assert.Equal((2, 5, 1 << 20), (settings.Seed.Port, settings.Seed.MaxStreams, settings.Seed.MaxBody));
        Assert.Equal([Path.Combine(_folder, "a"), "/b"], settings.Seed.Roots);
        Assert.Equal(IPAddress.Loopback, settings.Seed.Address);
    }

    [Fact]
    public void Every_mistake_is_told()
    {
        var error = Assert.Throws<RunSpecException>(() => Read("""
            seed { address = here, port = 70000, roots = 5, max-body = 1TB, token-file = nothing.txt, keep-alive = 15 }
            seed.tls.key = nothing.pem
            seeds { port = 1 }
            """));

        Assert.Equal(
            ["seed.address", "seed.keep-alive", "seed.max-body", "seed.port", "seed.roots", "seed.tls.certificate", "seed.tls.key",
                "seed.token-file", "seeds"],
            error.Mistakes.Select(m => m.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("CAIRN_STATE=/s", "/s")]
    [InlineData("XDG_STATE_HOME=/x", "/x/cairn")]
    [InlineData("HOME=/home/me", "/home/me/.local/state/cairn")]
    public void The_journal_is_in_the_state_folder_unless_it_has_a_database(string variable, string expected)
    {
        var parts = variable.Split('=');
        string? Environment(string name) => name == parts[0] ? parts[1] : null;

        Assert.Equal((expected, null), (Cluster([]).StateDirectory, Cluster([]).Journal));
        Assert.Equal("Host=db;Database=cairn", Cluster(["journal.postgres=\"Host=db;Database=cairn\""]).Journal);

        ClusterSettings Cluster(IReadOnlyList<string> overrides) => ServiceSettings.Read(null, overrides, Environment).Cluster;
    }

    [Fact]
    public void The_files_that_are_handed_out_have_no_mistake_and_ask_the_environment()
    {
        var file = Path.Combine(RepositoryRoot, "hocon", "seed.conf");
        var settings = ServiceSettings.Read(file, [], name => name == "CAIRN_SEED_PORT" ? "8080" : null);

        Assert.Equal(8080, settings.Seed.Port);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string RepositoryRoot => System.Reflection.CustomAttributeExtensions
        .GetCustomAttributes<System.Reflection.AssemblyMetadataAttribute>(typeof(ServiceSettingsTests).Assembly)
        .Single(a => a.Key == "CairnRoot").Value!;

    private ServiceSettings Read(string text, params string[] overrides)
    {
        var file = Path.Combine(_folder, "seed.conf");
        File.WriteAllText(file, text);
        return ServiceSettings.Read(file, overrides, _ => null, _folder);
    }
}
