using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Cairn.Cluster.Tests;

/// <summary>Seeds as real processes.</summary>
public sealed class SeedProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-seed-").FullName;

    [Fact]
    public async Task Two_seeds_of_one_ledger_serve_the_same_runs_and_end_in_order()
    {
        using var one = Start();
        using var other = Start();
        var (first, second) = (await UrlAsync(one), await UrlAsync(other));
        var submitted = await CairnProcess.RunAsync(_folder, "submit", Spec(), "--seed", first);
        Assert.True(submitted.ExitCode == 0, submitted.Text);
        var status = await CairnProcess.RunAsync(_folder, "status", submitted.Text, "--seed", second);

        Assert.Contains($"run {submitted.Text}: submitted", status.Text, StringComparison.Ordinal);
        one.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await one.ExitAsync());
        Assert.Contains(submitted.Text, (await CairnProcess.RunAsync(_folder, "status", "--seed", second)).Text, StringComparison.Ordinal);
        other.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await other.ExitAsync());
    }

    [Fact]
    public async Task A_service_manager_hears_that_a_seed_is_ready()
    {
        var name = Path.Combine(_folder, "notify");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(name));
        using var seed = CairnProcess.StartUnder(["env", $"NOTIFY_SOCKET={name}"], _folder, Arguments());
        Assert.Equal("READY=1", await HearAsync(manager));
        seed.Signal(PosixSignal.SIGTERM);
        Assert.Equal("STOPPING=1", await HearAsync(manager));
        Assert.Equal(0, await seed.ExitAsync());
    }

    [Fact]
    public async Task A_seed_that_would_be_open_to_anybody_does_not_start()
    {
        var refused = await CairnProcess.RunAsync(_folder, [.. Arguments(), "--set", "seed.address=0.0.0.0"]);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("seed.token-file", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_seed_lives_while_its_ledger_is_away_and_is_not_ready()
    {
        using var seed = CairnProcess.Start(
            _folder, "seed", "--set", "seed.port=0", "--set", "ledger.address=\"Host=127.0.0.1;Port=1;Database=cairn;Username=cairn\"");
        var line = await seed.LineAsync(l => l.StartsWith("seed at ", StringComparison.Ordinal));
        using var http = new HttpClient { BaseAddress = new Uri(Url(line)) };
        using var ready = await http.GetAsync("/readyz");

        Assert.Equal("alive\n", await http.GetStringAsync("/healthz"));
        Assert.Equal(503, (int)ready.StatusCode);
        Assert.DoesNotContain("ready", seed.Lines);
        seed.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await seed.ExitAsync());
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

    private CairnProcess Start() => CairnProcess.Start(_folder, Arguments());

    private string[] Arguments() => ["seed", "--set", "seed.port=0", "--set", $"ledger.address=\"{_folder}/ledger.db\""];

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
