using System.Net;
using Cairn.Actors.Remote;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Tests.Remote;

public sealed class LaunchTests
{
    private static readonly RankProgram Program = new(["/opt/dotnet", "/opt/my cairn/cairn.dll", "rank"]);

    [Theory]
    [InlineData(RankSpec.UsualCommand, "mpirun|-n|4|/opt/dotnet|/opt/my cairn/cairn.dll|rank")]
    [InlineData("srun  --exact -n{count} {rank}", "srun|--exact|-n4|/opt/dotnet|/opt/my cairn/cairn.dll|rank")]
    [InlineData("mpirun -n {count} nice {rank} --more", "mpirun|-n|4|nice|/opt/dotnet|/opt/my cairn/cairn.dll|rank|--more")]
    public void A_command_is_words_and_the_ranks_own_command_keeps_its(string template, string words) =>
        Assert.Equal(words, string.Join('|', Program.Under(template, "4")));

    [Fact]
    public void A_rank_started_by_hand_is_told_who_starts_it()
    {
        var error = Assert.Throws<SpecException>(() => RankEnvironment.Read(_ => null));
        Assert.Contains("started by a node", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_listens_on_loopback_unless_it_is_told_another_address()
    {
        Assert.Equal(IPAddress.Loopback, RankEnvironment.ListenOn(_ => null));
        Assert.Equal(IPAddress.Parse("10.0.0.7"), RankEnvironment.ListenOn(name => name == "CAIRN_CONTROL_ADDRESS" ? "10.0.0.7" : null));
        var error = Assert.Throws<SpecException>(() => RankEnvironment.ListenOn(_ => "node7"));
        Assert.Contains("'node7'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_environment_says_to_MPI_stays_and_only_root_is_told_that_it_may()
    {
        var own = MpiEnvironment.Of(name => name == "OMPI_MCA_rmaps_base_oversubscribe" ? "0" : null, isRoot: false);
        Assert.DoesNotContain("OMPI_MCA_rmaps_base_oversubscribe", own.Keys);
        Assert.DoesNotContain("OMPI_ALLOW_RUN_AS_ROOT", own.Keys);
        Assert.Equal("none", own["OMPI_MCA_hwloc_base_binding_policy"]);
        Assert.Equal("1", MpiEnvironment.Of(_ => null, isRoot: true)["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"]);
    }

    [Theory]
    [InlineData(134, "was ended by signal 6 (SIGABRT)", "ended with exit code 134 (SIGABRT)")]
    [InlineData(137, "was ended by signal 9 (SIGKILL)", "ended with exit code 137 (SIGKILL)")]
    [InlineData(3, "ended with exit code 3", "ended with exit code 3")]
    public void The_end_of_a_process_is_told_in_words(int code, string own, string launcher)
    {
        Assert.Equal(own, new ProcessExit(code, []).Describe());
        Assert.Equal(launcher, new ProcessExit(code, []).DescribeLauncher());
        Assert.Equal($"{own}; it last said: no memory | sorry", new ProcessExit(code, ["no memory", "sorry"]).Describe());
    }

    [Fact]
    public async Task A_process_that_ends_tells_its_code_and_its_last_words()
    {
        var child = ChildProcess.Start(
            ["/bin/sh", "-c", "echo $WORD; echo ----; echo two >&2; kill -9 $$"],
            new Dictionary<string, string> { ["WORD"] = "one" }, static _ => { }, TimeProvider.System);
        var exit = await child.Exit.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(137, exit.Code);
        Assert.Equal(["one", "two"], exit.LastLines.Order(StringComparer.Ordinal));
        child.Kill();
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named()
    {
        var child = ChildProcess.Start(["no-such-program", "rank"], new Dictionary<string, string>(), static _ => { }, TimeProvider.System);
        var error = await Assert.ThrowsAsync<SpecException>(() => child.Exit).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Contains("no-such-program", error.Message, StringComparison.Ordinal);
    }
}
