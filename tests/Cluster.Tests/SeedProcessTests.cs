using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Cairn.Cluster.Tests;

/// <summary>Seeds as real processes.</summary>
public sealed class SeedProcessTests : IDisposable
{
    private readonly int _port = FreePort.Find();
    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-seed-").FullName;

    [Fact]
    public async Task A_seed_that_returns_has_the_runs_it_had_and_a_second_one_on_its_port_is_refused_in_a_line()
    {
        using var one = Start();
        var submitted = await CairnProcess.RunAsync(_folder, "submit", Spec(), "--seed", await UrlAsync(one));
        Assert.True(submitted.ExitCode == 0, submitted.Text);
        using (var second = Start())
        {
            Assert.Equal(2, await second.ExitAsync());
            Assert.DoesNotContain("   at ", second.Text, StringComparison.Ordinal);
        }

        one.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await one.ExitAsync());
        using var again = Start();
        var status = await CairnProcess.RunAsync(_folder, "status", submitted.Text, "--seed", await UrlAsync(again));

        Assert.Contains($"run {submitted.Text}: submitted", status.Text, StringComparison.Ordinal);
        Assert.Contains("there is no node", status.Text, StringComparison.Ordinal);
        again.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await again.ExitAsync());
    }

    [Fact]
    public async Task A_service_manager_hears_that_a_seed_is_ready()
    {
        var name = Path.Combine(_folder, "notify");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(name));
        using var seed = CairnProcess.StartUnder(["env", $"NOTIFY_SOCKET={name}", State], _folder, Arguments());
        Assert.Equal("READY=1", await HearAsync(manager));
        seed.Signal(PosixSignal.SIGTERM);
        Assert.Equal("STOPPING=1", await HearAsync(manager));
        Assert.Equal(0, await seed.ExitAsync());
    }

    [Fact]
    public async Task A_seed_that_would_be_open_to_anybody_does_not_start()
    {
        using var refused = CairnProcess.StartUnder(["env", State], _folder, [.. Arguments(), "--set", "seed.address=0.0.0.0"]);

        Assert.Equal(2, await refused.ExitAsync());
        Assert.Contains("seed.token-file", refused.Text, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<string> HearAsync(Socket manager)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var buffer = new byte[100];
        return Encoding.UTF8.GetString(buffer, 0, await manager.ReceiveAsync(buffer, limit.Token));
    }

    private static string Url(string line) => line.Split(' ')[2].TrimEnd(',');

    private static async Task<string> UrlAsync(CairnProcess seed)
    {
        var line = await seed.LineAsync(l => l.StartsWith("seed at ", StringComparison.Ordinal));
        await seed.LineAsync(l => l == "ready");
        return Url(line);
    }

    private CairnProcess Start() => CairnProcess.StartUnder(["env", State], _folder, Arguments());

    private string State => $"CAIRN_STATE={_folder}";

    private string[] Arguments() => ["seed", "--set", "seed.port=0", "--set", $"cluster.port={_port}"];

    private string Spec()
    {
        var path = Path.Combine(_folder, "run.conf");
        File.WriteAllText(path, """
            name = trial
            model { kind = lorenz96, step = 1h }
            initial.source = model
            lead-times { every = 6h, count = 3 }
            checkpoint.path = out/checkpoints
            output.path = out/fields.zarr
            """);
        return path;
    }
}
