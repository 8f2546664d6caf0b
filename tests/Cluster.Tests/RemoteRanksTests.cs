namespace Cairn.Cluster.Tests;

/// <summary>Ranks in processes of their own: what they write, and what becomes of the faults that a run rehearses.</summary>
[Collection(WaterCollection.Name)]
public sealed class RemoteRanksTests(CalmWater calm) : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [SkippableTheory]
    [InlineData(Launchers.Process, 1)]
    [InlineData(Launchers.Process, 2)]
    [InlineData(Launchers.Mpi, 2)]
    [InlineData(Launchers.Mpi, 4)]
    public async Task Ranks_in_other_processes_write_the_bytes_of_one_process(string launcher, int ranks)
    {
        var text = await EndAsync(launcher, ranks);
        Assert.DoesNotContain("starts again", text, StringComparison.Ordinal);
        // Akka warns of heartbeats that come late where the machine is busy with other tests.
        Assert.DoesNotContain(
            text.Split('\n'),
            line => line.Contains("warning", StringComparison.Ordinal) && !line.Contains("heartbeat interval", StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData(Launchers.Process, 2, "throw", "rehearsal: this step throws")]
    [InlineData(Launchers.Process, 1, "nan", "not finite")]
    [InlineData(Launchers.Process, 2, "commit", "No space left on device")]
    [InlineData(Launchers.Process, 1, "abort", "SIGABRT")]
    [InlineData(Launchers.Process, 2, "kill", "SIGKILL")]
    [InlineData(Launchers.Mpi, 3, "commit", "No space left on device")]
    [InlineData(Launchers.Mpi, 3, "kill", "has ended")]
    public Task A_rehearsed_fault_is_told_and_changes_no_byte(string launcher, int ranks, string kind, string told) =>
        Rehearse(launcher, ranks, kind, told);

    [SkippableTheory]
    [Trait("Category", "Soak")]
    [InlineData(Launchers.Mpi, 2, "throw", "rehearsal: this step throws")]
    [InlineData(Launchers.Mpi, 2, "nan", "not finite")]
    [InlineData(Launchers.Mpi, 2, "abort", "has ended")]
    public Task The_other_faults_are_told_over_MPI_as_well(string launcher, int ranks, string kind, string told) =>
        Rehearse(launcher, ranks, kind, told);

    [SkippableTheory]
    [Trait("Category", "Slow")]
    [InlineData(Launchers.Process, 2)]
    public Task A_rank_that_hangs_is_ended_with_its_gang_and_changes_no_byte(string launcher, int ranks) => HangAsync(launcher, ranks);

    [SkippableTheory]
    [Trait("Category", "Soak")]
    [InlineData(Launchers.Mpi, 2)]
    public Task A_rank_that_hangs_over_MPI_is_ended_as_well(string launcher, int ranks) => HangAsync(launcher, ranks);

    private async Task Rehearse(string launcher, int ranks, string kind, string told)
    {
        var rank = ranks - 1;
        var text = await EndAsync(launcher, ranks, $"rehearsal=[{{kind={kind}, lead-time=5h, member=1, rank={rank}}}]");
        Assert.Contains(told, text, StringComparison.Ordinal);
        Assert.Contains(kind == "commit" ? "no session at lead time 5 h" : "starts again", text, StringComparison.Ordinal);
    }

    private async Task HangAsync(string launcher, int ranks)
    {
        var text = await EndAsync(
            launcher, ranks, "rehearsal=[{kind=hang, lead-time=5h, member=1, rank=1}]", "supervision.boundary-deadline=25s");
        Assert.Contains("has not reached its next boundary within supervision.boundary-deadline = 25 s", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_that_takes_too_many_processes_with_it_is_quarantined_and_the_others_end()
    {
        var spec = Specs.Water(_scratch, "quarantined", CalmWater.Count);
        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, Launchers.Run(
            spec, Launchers.Process, 2, "rehearsal=[{kind=abort, lead-time=5h, member=1, times=always}]", "supervision.quarantine-after=3",
            "node.slots=2"));
        Assert.Equal(1, code);
        Assert.Contains("quarantined: it has taken 3 processes with it", text, StringComparison.Ordinal);
        Assert.Contains("members 2-3: done", text, StringComparison.Ordinal);
        await RankProcess.NoneLeftAsync(_scratch.Folder);
    }

    [SkippableFact]
    public async Task Ranks_under_another_MPIs_launcher_are_refused_with_the_reason()
    {
        Skip.IfNot(File.Exists("/usr/bin/mpirun.openmpi"), "Open MPI is missing: apt-get install openmpi-bin");
        var spec = Specs.Water(_scratch, "mismatch", CalmWater.Count);
        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, Launchers.Run(
            spec, Launchers.Mpi, 2, "ranks.command=\"mpirun.openmpi --allow-run-as-root --oversubscribe -n {count} {rank}\""));
        Assert.Equal(1, code);
        Assert.Contains("mpirun.openmpi probably belongs to another", text, StringComparison.Ordinal);
        await RankProcess.NoneLeftAsync(_scratch.Folder);
    }

    [Fact]
    public async Task Started_by_hand_a_rank_says_that_nodes_start_it()
    {
        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, "rank");
        Assert.Equal(2, code);
        Assert.Contains("cairn rank is started by a node", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_launcher_that_is_not_there_is_named()
    {
        var spec = Specs.Water(_scratch, "missing", CalmWater.Count);
        var (code, text) = await CairnProcess.RunAsync(
            _scratch.Folder,
            Launchers.Run(spec, Launchers.Process, 2, "ranks.launcher=mpi", "ranks.command=\"no-such-mpiexec -n {count} {rank}\""));
        Assert.Equal(1, code);
        Assert.Contains("no-such-mpiexec cannot be started", text, StringComparison.Ordinal);
    }

    private async Task<string> EndAsync(string launcher, int ranks, params string[] settings)
    {
        var spec = Specs.Water(_scratch, "disturbed", CalmWater.Count);
        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, Launchers.Run(spec, launcher, ranks, settings));
        Assert.True(code == 0, text);
        TestFiles.AssertSameBytes(calm.Fields, _scratch["disturbed/fields.zarr"]);
        await RankProcess.NoneLeftAsync(_scratch.Folder);
        return text;
    }
}
