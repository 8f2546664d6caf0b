using System.Diagnostics;
using Cairn.Storage.Catalog;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Catalog;

/// <summary>Which rank a checkpoint takes itself for that is given none.</summary>
public sealed class RankDetectionTests
{
    [Theory]
    [InlineData("RANK", "WORLD_SIZE")]
    [InlineData("LOCAL_RANK", "WORLD_SIZE")]
    [InlineData("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE")]
    [InlineData("OMPI_COMM_WORLD_RANK", "WORLD_SIZE")]
    [InlineData("PMI_RANK", "PMI_SIZE")]
    [InlineData("PMIX_RANK", "WORLD_SIZE")]
    [InlineData("MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE")]
    [InlineData("FLUX_TASK_RANK", "FLUX_JOB_SIZE")]
    [InlineData("JSM_NAMESPACE_RANK", "JSM_NAMESPACE_SIZE")]
    [InlineData("SLURM_PROCID", "SLURM_NTASKS")]
    [InlineData("SLURM_PROCID", "SLURM_NPROCS")]
    [InlineData("SLURM_PROCID", "SLURM_STEP_NUM_TASKS")]
    [InlineData("SLURM_PROCID", "WORLD_SIZE")]
    public void Each_launchers_pair_tells_rank_and_world(string rank, string size)
    {
        Assert.Equal((2, 5), Detect((rank, "2"), (size, "5")));
        Assert.Equal((0, 1), Detect((size, "5")));
        Assert.Equal((0, 1), Detect((rank, ""), (size, "5")));
        // All processes of a job took themselves for the only one then, and wrote one catalog.
        foreach (var lone in new[] { "0", "2" })
        {
            var error = Assert.Throws<SpecException>(() => Detect((rank, lone)));
            Assert.Contains($"{rank}={lone}", error.Message, StringComparison.Ordinal);
            Assert.Contains("WORLD_SIZE", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_rank_of_a_node_is_none_where_there_are_several_nodes()
    {
        Assert.Equal((1, 2), Detect(("LOCAL_RANK", "1"), ("LOCAL_WORLD_SIZE", "2"), ("WORLD_SIZE", "2")));
        Assert.Equal((3, 4), Detect(("LOCAL_RANK", "1"), ("SLURM_PROCID", "3"), ("WORLD_SIZE", "4")));
        Assert.Contains(
            "LOCAL_RANK=1",
            Assert.Throws<SpecException>(() => Detect(("LOCAL_RANK", "1"), ("LOCAL_WORLD_SIZE", "2"), ("WORLD_SIZE", "4"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_launcher_whose_pair_is_there_decides()
    {
        (string, string)[] all =
        [
            ("SLURM_PROCID", "4"), ("SLURM_NTASKS", "8"), ("PMI_RANK", "3"), ("PMI_SIZE", "7"),
            ("OMPI_COMM_WORLD_RANK", "2"), ("OMPI_COMM_WORLD_SIZE", "6"), ("RANK", "1"), ("WORLD_SIZE", "5"),
        ];
        Assert.Equal((1, 5), Detect(all));
        Assert.Equal((2, 6), Detect(all[..^2]));
        Assert.Equal((3, 7), Detect(all[..^4]));
        Assert.Equal((4, 8), Detect(all[..^6]));
        Assert.Equal((2, 6), Detect([.. all[..^2], ("RANK", "1")]));
    }

    /// <summary>A script of sbatch has rank 0, and no number of tasks unless it asked for one.</summary>
    [Theory]
    [InlineData("0", "SLURM_TASKS_PER_NODE", "1", 1)]
    [InlineData("10", "SLURM_TASKS_PER_NODE", "4(x2),3", 11)]
    [InlineData("3", "SLURM_STEP_TASKS_PER_NODE", "2(x2)", 4)]
    public void Slurm_tells_tasks_by_node_where_it_tells_no_number_of_them(string rank, string name, string spread, int size)
    {
        Assert.Equal(
            (int.Parse(rank, System.Globalization.CultureInfo.InvariantCulture), size), Detect(("SLURM_PROCID", rank), (name, spread)));
        Assert.Contains(
            $"{name} is '?'", Assert.Throws<SpecException>(() => Detect(("SLURM_PROCID", rank), (name, "?"))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "lies outside", Assert.Throws<SpecException>(() => Detect(("SLURM_PROCID", "11"), (name, spread))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_launcher_there_is_one_rank() => Assert.Equal((0, 1), Detect());

    [Theory]
    [InlineData("5", "5", "lies outside WORLD_SIZE=5")]
    [InlineData("0", "0", "lies outside WORLD_SIZE=0")]
    [InlineData("-1", "5", "RANK is '-1'")]
    [InlineData("one", "5", "RANK is 'one'")]
    [InlineData("1", "many", "WORLD_SIZE is 'many'")]
    public void What_is_no_rank_of_its_world_is_refused(string rank, string size, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<SpecException>(() => Detect(("RANK", rank), ("WORLD_SIZE", size))).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData(2, 2)]
    [InlineData(-1, 2)]
    public void A_given_rank_outside_the_given_world_is_refused(int rank, int size) => Assert.Throws<SpecException>(
        () => new Checkpoint("x", new CheckpointOptions { Path = "/nowhere", Rank = rank, WorldSize = size }));

    [SkippableTheory]
    [InlineData("mpirun.openmpi", "libmpi.so.40", "--allow-run-as-root --oversubscribe")]
    [InlineData("mpirun.mpich", "libmpich.so.12", "")]
    public void An_MPI_that_is_initialised_is_asked_and_otherwise_left_alone(string launcher, string library, string options)
    {
        var mpirun = Path.Combine("/usr/bin", launcher);
        Skip.IfNot(File.Exists(mpirun), $"{mpirun} is missing: apt-get install openmpi-bin mpich");
        string[] arguments = [.. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-n", "2", "dotnet",
            typeof(FsyncProbe).Assembly.Location, "mpi", library];
        using var process = Process.Start(new ProcessStartInfo(mpirun, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();

        Assert.True(process.ExitCode == 0, errors.Result);
        // mpirun may give its processes a terminal, which the runtime greets with a sequence of its own.
        var told = lines.Select(line => line[Math.Max(0, line.IndexOf("before", StringComparison.Ordinal))..].TrimEnd('\r'));
        Assert.Equal(
            ["before 0 of 1, during 0 of 2, after 0 of 1", "before 0 of 1, during 1 of 2, after 0 of 1"],
            told.Order(StringComparer.Ordinal));
    }

    private static (int Rank, int WorldSize) Detect(params (string Name, string Value)[] environment) =>
        RankDetection.Detect(name => environment.FirstOrDefault(e => e.Name == name).Value);
}
