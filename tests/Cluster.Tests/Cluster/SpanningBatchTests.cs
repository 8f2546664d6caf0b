using System.Globalization;
using Cairn.Cluster.Tests.Cluster.Network;

namespace Cairn.Cluster.Tests.Cluster;

/// <summary>
/// Batches of more ranks than any node has slots: MPI's launcher starts them on several machines, each a network namespace with a worker
/// of its own.
/// </summary>
[Collection(WaterCollection.Name)]
[Trait("Category", "Slow")]
public sealed class SpanningBatchTests(CalmWater calm) : IDisposable
{
    private const int Ranks = 4, AnySeed = 17;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>What goes to a machine: Hydra calls it with the machine's address and the command, as it would call ssh.</summary>
    private string Shell => _scratch["remote-shell"];

    [SkippableFact]
    public Task Ranks_on_two_machines_write_the_bytes_of_one_process() => SpanAsync(static (_, _) => Task.CompletedTask);

    [SkippableFact]
    public Task A_machine_that_dies_with_half_of_the_ranks_is_replaced_and_changes_no_byte() => SpanAsync(async (cluster, run) =>
    {
        await cluster.UntilSessionsAsync(run, CalmRun.Patience);
        // The other node is the batch's own: it starts the launcher.
        var lender = cluster.Workers.First(w => !w.Text.Contains("took members", StringComparison.Ordinal));
        var machine = cluster.Machines[lender];
        cluster.Kill(lender);
        var ranks = RankProcess.In(_scratch.Folder).Where(r => machine.Has(r.Pid)).ToList();
        Assert.Equal(Ranks / 2, ranks.Count);
        ranks.ForEach(r => r.Kill());

        await cluster.StartWorkerAsync();
        WriteShell(cluster);
    });

    private async Task SpanAsync(Func<TestCluster, string, Task> disturb)
    {
        Skip.IfNot(File.Exists("/usr/bin/mpiexec.mpich"), "MPICH is missing: apt-get install mpich");
        var whyNot = await TestMachine.WhyNotAsync();
        Skip.If(whyNot is not null, whyNot);
        using var network = new TestNetwork(AnySeed);
        await using var cluster = await TestCluster.StartAsync(_scratch, new ClusterPlan
        {
            Workers = 2, Network = network, Environment = ["HYDRA_LAUNCHER=rsh", $"HYDRA_LAUNCHER_EXEC={Shell}"],
        });
        WriteShell(cluster);
        var ranks = string.Create(CultureInfo.InvariantCulture, $"ranks {{ count = {Ranks}, launcher = mpi }}");
        var run = await cluster.SubmitAsync(Specs.Water(_scratch, "disturbed", CalmWater.Count, ranks));

        await disturb(cluster, run);

        var ended = await cluster.EndAsync(run, CalmRun.Patience);
        Assert.True(TestCluster.State(ended) == "completed", $"{ended}\n{cluster.Text}");
        TestFiles.AssertSameBytes(calm.Fields, _scratch["disturbed/fields.zarr"]);
        ClusterPromise.AssertKept(await cluster.EventsAsync(run));
        await RankProcess.NoneLeftAsync(_scratch.Folder);
    }

    private void WriteShell(TestCluster cluster)
    {
        var cases = cluster.Machines.Values.Select(m => $"  {m.Host}) exec {string.Join(' ', m.Wrapper)} sh -c \"$*\" ;;");
        File.WriteAllText(Shell, $"""
            #!/bin/sh
            host=$1; shift
            case $host in
            {string.Join('\n', cases)}
            esac
            echo "$host: no such machine" >&2; exit 1
            """);
        File.SetUnixFileMode(Shell, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
