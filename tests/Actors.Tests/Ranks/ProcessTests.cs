using Cairn.Actors.Cluster;
using Cairn.Actors.Ranks;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Tests.Ranks;

public sealed class ProcessTests
{
    private static readonly RankProgram Program = new(["/opt/dotnet", "/opt/my cairn/cairn.dll", "rank"]);

    [Theory]
    [InlineData(RankSpec.UsualCommand, "/opt/mpich/mpiexec|-n|4|/opt/dotnet|/opt/my cairn/cairn.dll|rank")]
    [InlineData("srun  --exact -n{count} {rank}", "srun|--exact|-n4|/opt/dotnet|/opt/my cairn/cairn.dll|rank")]
    [InlineData("mpirun -n {count} nice {rank} --more", "mpirun|-n|4|nice|/opt/dotnet|/opt/my cairn/cairn.dll|rank|--more")]
    public void A_command_is_words_and_the_ranks_own_command_keeps_its(string template, string words) =>
        Assert.Equal(words, string.Join('|', Program.Under(template, "4", () => "/opt/mpich/mpiexec")));

    [Fact]
    public void A_rank_started_by_hand_learns_who_starts_ranks()
    {
        var error = Assert.Throws<SpecException>(() => RankEnvironment.Read(_ => null));
        Assert.Contains("started by a node", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_reads_the_variables_that_its_node_sets()
    {
        using var certificate = ClusterCertificate.Create();
        var node = ActorPath.Parse("akka://cairn@127.0.0.1:4711/user/node/ranks-1");
        var variables = new RankEnvironment(node, "token", certificate, 42).ToVariables();

        var read = RankEnvironment.Read(name => variables.GetValueOrDefault(name));

        Assert.Equal((node, "token", 42), (read.Node, read.Token, read.Parent));
        Assert.Equal(variables, read.ToVariables());
        Assert.Equal(["CAIRN_CLUSTER_CERTIFICATE", "CAIRN_RANK_NODE", "CAIRN_RANK_PARENT", "CAIRN_RANK_TOKEN"], variables.Keys.Order());
    }

    [Fact]
    public void What_the_environment_says_to_MPI_stays()
    {
        var own = MpiEnvironment.Of(name => name == "I_MPI_PIN" ? "1" : null);
        Assert.DoesNotContain("I_MPI_PIN", own.Keys);
        Assert.Equal("0", own["MV2_ENABLE_AFFINITY"]);
    }
}
