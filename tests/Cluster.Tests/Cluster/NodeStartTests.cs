using System.Net;
using System.Net.Sockets;

namespace Cairn.Cluster.Tests.Cluster;

/// <summary>A worker that cannot start says why in a line, and one that finds nobody leaves when it is asked to.</summary>
[Trait("Category", "Slow")]
public sealed class NodeStartTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_worker_without_the_clusters_certificate_says_where_to_get_it() =>
        await AssertRefusedAsync("There is no cluster certificate at", "worker");

    [Fact]
    public async Task A_worker_whose_port_is_taken_says_so()
    {
        await MakeCertificateAsync();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await AssertRefusedAsync("Is another process there?", "worker", "--set", $"cluster.port={((IPEndPoint)other.LocalEndpoint).Port}");
    }

    [Fact]
    public async Task A_worker_that_is_to_listen_at_an_address_of_another_machine_says_so()
    {
        await MakeCertificateAsync();
        await AssertRefusedAsync("Is it a name or an address of this machine?", "worker", "--set", "cluster.host=192.0.2.7");
    }

    [Fact]
    public async Task A_worker_whose_seed_has_a_name_that_nobody_knows_says_so()
    {
        await MakeCertificateAsync();
        await AssertRefusedAsync("no address is known here for no-such-seed.invalid:7071", "worker", "--seed", "no-such-seed.invalid:7071");
    }

    [Fact]
    public async Task A_worker_that_finds_no_seed_says_so_once_and_leaves_when_it_is_asked_to()
    {
        await MakeCertificateAsync();
        using var worker = Start("worker", "--seed", $"127.0.0.1:{FreePort.Find()}");
        await worker.LineAsync(l => l.Contains("No cluster has accepted this node yet", StringComparison.Ordinal));
        worker.Signal(System.Runtime.InteropServices.PosixSignal.SIGTERM);

        Assert.Equal(0, await worker.ExitAsync());
        Assert.Contains("left: asked to end", worker.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", worker.Text, StringComparison.Ordinal);
    }

    private async Task AssertRefusedAsync(string because, params string[] arguments)
    {
        using var process = Start(arguments);
        Assert.Equal(2, await process.ExitAsync());
        var line = Assert.Single(process.Lines, l => l.Length > 0);
        Assert.Contains(because, line, StringComparison.Ordinal);
    }

    private async Task MakeCertificateAsync()
    {
        using var seed = Start(
            "seed", "--set", "seed.port=0", "--set", string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"cluster.port={FreePort.Find()}"));
        await seed.LineAsync(l => l.StartsWith("seed at ", StringComparison.Ordinal));
    }

    private CairnProcess Start(params string[] arguments) =>
        CairnProcess.StartUnder(["env", $"CAIRN_STATE={_scratch["state"]}"], _scratch.Folder, arguments);
}
