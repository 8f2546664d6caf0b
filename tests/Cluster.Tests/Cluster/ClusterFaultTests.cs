using System.Globalization;
using Cairn.Storage.Ledger;
using Xunit.Abstractions;

namespace Cairn.Cluster.Tests.Cluster;

/// <summary>
/// The promise in a cluster: workers are killed, frozen for longer than their leases and woken again, their children die, the database goes
/// and comes, connections are cut, seeds die; and a run of 64 members ends with the bytes of an undisturbed one.
/// </summary>
[Trait("Category", "Slow")]
public sealed class ClusterFaultTests(ITestOutputHelper log) : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2), Patience = TimeSpan.FromMinutes(8);
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [SkippableFact]
    public Task Eight_faults_change_no_byte() => DisturbAsync(faults: 8, boundaries: 96);

    [SkippableFact]
    [Trait("Category", "Soak")]
    public Task Fifty_faults_change_no_byte() => DisturbAsync(faults: 50, boundaries: 960);

    private async Task DisturbAsync(int faults, int boundaries)
    {
        var seed = Environment.TickCount;
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var (calm, disturbed) = (Spec("calm", boundaries), Spec("disturbed", boundaries));
        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, "run", calm, "--set", "node.slots=2");
        Assert.True(code == 0, text);

        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 3, Lease);
        var run = await cluster.SubmitAsync(disturbed);
        await cluster.UntilEventsAsync(run, "session committed", 3, Patience);
        var done = 0;
        for (; done < faults && !(await StateAsync(cluster, run)).HasEnded; done++)
        {
            using var moment = new CancellationTokenSource(random.Next(0, 1500));
            await moment.Token.AsTask();
            await FaultAsync(cluster, random);
        }

        Assert.True(done == faults, $"the run was over after {done} faults");
        var ended = await cluster.UntilAsync(run, r => r.HasEnded, Patience);
        var events = await cluster.EventsAsync(run);
        foreach (var kind in events.GroupBy(e => e.Kind))
        {
            log.WriteLine($"{kind.Count(),6} {kind.Key}");
        }

        Assert.True(ended.State == RunState.Completed, $"{ended.State}: {ended.Error}\n{cluster.Text}");
        TestFiles.AssertSameBytes(_scratch["calm/fields.zarr"], _scratch["disturbed/fields.zarr"]);
        ClusterPromise.AssertKept(events);
        var batches = (await cluster.Ledger.BatchesAsync(run, default)).Where(b => b.Key.First >= 0).ToList();
        Assert.Equal(16, batches.Count);
        Assert.All(batches, b => Assert.Equal(BatchState.Completed, b.State));
    }

    private static Task<RunRow> StateAsync(TestCluster cluster, string run) => cluster.UntilAsync(run, _ => true, Patience);

    private async Task FaultAsync(TestCluster cluster, Random random)
    {
        var worker = cluster.Workers[random.Next(cluster.Workers.Count)];
        var fault = random.Next(7);
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"fault {fault} ({(Fault)fault}), worker {worker.Id}"));
        switch ((Fault)fault)
        {
            case Fault.KillWorker:
                cluster.Kill(worker);
                cluster.StartWorker();
                break;
            case Fault.Freeze or Fault.FreezeLong:
                worker.Freeze();
                using (var asleep = new CancellationTokenSource(Lease * ((Fault)fault == Fault.Freeze ? 1.2 : 2.5)))
                {
                    await asleep.Token.AsTask();
                }

                worker.Thaw();
                break;
            case Fault.KillChild:
                worker.KillChildren();
                break;
            case Fault.RestartDatabase:
                await cluster.RestartDatabaseAsync(kill: random.Next(2) == 0);
                break;
            case Fault.CutConnections:
                await cluster.CutConnectionsAsync();
                break;
            case Fault.KillSeed:
                cluster.Seed.Kill();
                await cluster.StartSeedAsync();
                break;
        }
    }

    private string Spec(string name, int boundaries)
    {
        var path = _scratch[name + ".conf"];
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $$"""
            name = {{name}}
            model { kind = shallow-water, step = 90s, nx = 64, ny = 64, dx = 100000 }
            initial { source = model, case = sine-waves }
            lead-times { every = 4h, count = {{boundaries}} }
            ensemble { size = 64, batch-size = 4, seed = 3, perturbation { kind = gaussian, amplitude = 0.1, variables = [u, v] } }
            checkpoint { path = {{name}}/checkpoints, mode = append, history-size = 3, flush-interval = 4 }
            output { kind = zarr, path = {{name}}/fields.zarr, variables = [u, p], every = 4, lead-times-per-chunk = 1, picture = off }
            supervision { first-pause = 50ms, longest-pause = 200ms, max-restarts = 50, quarantine-after = 50 }
            """));
        return path;
    }

    private enum Fault
    {
        KillWorker,
        Freeze,
        FreezeLong,
        KillChild,
        RestartDatabase,
        CutConnections,
        KillSeed,
    }
}
