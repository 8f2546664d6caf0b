using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Cairn.Cluster.Tests;

/// <summary>
/// A rank over MPI killed by the kernel in each phase of a commit. Each launch of the gang has another phase to die in: while it stages
/// files, as its commit is about to become visible, when that is done and not told, and when the session of all ranks stands.
/// </summary>
[Collection(WaterCollection.Name)]
public sealed partial class CommitPhaseTests(CalmWater calm, ITestOutputHelper log) : IDisposable
{
    /// <summary>The system calls at which the first launches die: within the first commit, the number of a call in its thread.</summary>
    private static readonly string[] Phases = ["fsync:when=2", "rename:when=1", "fsync:when=12"];
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [SkippableTheory]
    [Trait("Category", "Slow")]
    [InlineData(1)]
    public Task A_rank_killed_in_each_phase_of_a_commit_changes_no_byte(int rank) => KillAsync(rank);

    [SkippableTheory]
    [Trait("Category", "Soak")]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    public Task The_other_ranks_killed_in_each_phase_change_none_either(int rank) => KillAsync(rank);

    private async Task KillAsync(int rank)
    {
        Skip.IfNot(File.Exists("/usr/bin/strace"), "strace is not installed");
        var spec = Specs.Water(_scratch, "disturbed", CalmWater.Count);
        var command = $"ranks.command=\"{{mpiexec}} -n {{count}} {Wrapper(rank)} {{rank}}\"";
        using var process = CairnProcess.Start(_scratch.Folder, Launchers.Run(spec, Launchers.Mpi, 4, command));
        await process.LineAsync(line => Session().IsMatch(line));
        // The session of all ranks stands, and none of them has gone far.
        RankProcess.In(_scratch.Folder).First(p => !p.IsLauncher).Kill();
        Assert.True(await process.ExitAsync() == 0, process.Text);
        await RankProcess.NoneLeftAsync(_scratch.Folder);
        TestFiles.AssertSameBytes(calm.Fields, _scratch["disturbed/fields.zarr"]);
        var failures = process.Lines.Count(line => line.Contains("starts again", StringComparison.Ordinal));
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"rank {rank}: {failures} restarts"));
        Assert.True(failures >= Phases.Length, process.Text);
    }

    /// <summary>A script between mpiexec and each rank, which puts one rank of the first launches under a tracer that kills it.</summary>
    private string Wrapper(int rank)
    {
        var path = _scratch["wrapper.sh"];
        var cases = string.Join('\n', Phases.Select((phase, i) =>
            $"  if mkdir {_scratch.Folder}/launch-{i} 2>/dev/null; then call={phase.Split(':')[0]} phase={phase}; break; fi"));
        File.WriteAllText(path, $"""
            #!/bin/bash
            while [[ $PMI_RANK == {rank} ]]; do
            {cases}
              break
            done
            [[ -z $phase ]] && exec "$@"
            exec strace -f -qq -o /dev/null -e trace=$call -e inject=${"{phase/:/:signal=SIGKILL:}"} "$@"
            """.ReplaceLineEndings("\n") + "\n");
        return "bash " + path;
    }

    [GeneratedRegex(@"^(members? [0-9-]+): session \S+ at lead time ([0-9]+) h")]
    private static partial Regex Session();
}
