using Cairn.Engine.Processes;

namespace Cairn.Engine.Tests.Processes;

public sealed class ChildProcessTests
{
    [Theory]
    [InlineData(134, "was ended by signal 6 (SIGABRT)", "ended with exit code 134 (SIGABRT)")]
    [InlineData(137, "was ended by signal 9 (SIGKILL)", "ended with exit code 137 (SIGKILL)")]
    [InlineData(3, "ended with exit code 3", "ended with exit code 3")]
    public void The_end_of_a_process_is_told_in_words(int code, string own, string launcher)
    {
        Assert.Equal(own, new ProcessExit(42, code, []).Describe());
        Assert.Equal(launcher, new ProcessExit(42, code, []).DescribeLauncher());
        Assert.Equal($"{own}; it last said: no memory | sorry", new ProcessExit(42, code, ["no memory", "sorry"]).Describe());
    }

    [Fact]
    public async Task A_process_that_ends_tells_its_code_and_its_last_words()
    {
        var child = ChildProcess.Start(new ChildSetup(
            ["/bin/sh", "-c", "echo $WORD; echo ----; echo two >&2; kill -9 $$"],
            new Dictionary<string, string> { ["WORD"] = "one" }, static _ => { }, TimeProvider.System));
        var exit = await child.Exit.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(137, exit.Code);
        Assert.Equal(["one", "two"], exit.LastLines.Order(StringComparer.Ordinal));
        child.Kill();
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named()
    {
        var child = ChildProcess.Start(
            new ChildSetup(["no-such-program", "rank"], new Dictionary<string, string>(), static _ => { }, TimeProvider.System));
        var error = await Assert.ThrowsAsync<SpecException>(() => child.Exit).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Contains("no-such-program", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_is_reached_by_its_line_answers_there_and_ends_with_it()
    {
        var said = new List<string>();
        var child = ChildProcess.Start(new ChildSetup(
            ["/bin/sh", "-c", "read word; echo $word; echo said >&2; cat > /dev/null; exit 4"], new Dictionary<string, string>(), said.Add,
            TimeProvider.System)
        {
            IsReachedByLine = true,
        });
        await child.Pid.WaitAsync(TimeSpan.FromSeconds(30));
        child.Line.Input.Write("word\n"u8);
        var answer = new byte[5];
        await child.Line.Output.ReadExactlyAsync(answer);
        child.Line.Input.Close();
        var exit = await child.Exit.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal("word\n"u8.ToArray(), answer);
        Assert.Equal(4, exit.Code);
        Assert.Equal(["said"], exit.LastLines);
        Assert.Equal(["said"], said);
    }
}
