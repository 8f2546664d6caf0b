namespace Cairn.Cli.Tests.Surroundings;

/// <summary>What the surroundings do not permit is told by its own name, before anything is written.</summary>
public sealed class LimitsTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData(100, "", "This process may have 100 files open; Cairn has up to 192.")]
    [InlineData(200, "--set node.slots=64", "This process may have 200 files open; a run with 64 slots has up to 448.")]
    public void Too_few_open_files_are_told_before_a_run_begins(int limit, string options, string told)
    {
        var run = Shell.Run(_line.Folder, $"ulimit -n {limit}; exec $CAIRN run {_line.Spec()} {options}");

        Assert.True(run.Exit == 2, $"{run}");
        Assert.Contains(told, run.Error, StringComparison.Ordinal);
        Assert.Contains("ulimit -n 1024", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_line["out"]));
    }

    [Theory]
    [InlineData("<&- >&-", "", "standard output is closed")]
    [InlineData(">&-", "", "standard output is closed")]
    [InlineData(">/dev/full", "", "standard output cannot be written: No space left on device")]
    [InlineData("", "ulimit -n 44;", "This process may have 44 files open")]
    [InlineData("", "mkdir gone && cd gone && rmdir ../gone;", "the working directory is gone")]
    public void What_a_shell_left_out_is_told_by_its_own_name(string redirection, string before, string told)
    {
        var run = Shell.Run(_line.Folder, $"{before} exec $CAIRN run {_line.Spec()} {redirection}");

        Assert.NotEqual(0, run.Exit);
        Assert.Contains(told, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_whose_streams_are_all_closed_is_not_begun()
    {
        var run = Shell.Run(_line.Folder, $"$CAIRN run {_line.Spec()} <&- >&- 2>&-; echo $?");

        Assert.Equal("2\n", run.Output);
        Assert.False(Directory.Exists(_line["out"]));
    }

    [Fact]
    public void A_file_that_may_grow_no_further_is_an_error_of_that_name_and_ends_no_process()
    {
        // .NET's own memory would be a file of that kind.
        var run = Shell.Run(
            _line.Folder, $"ulimit -f 2; DOTNET_EnableWriteXorExecute=0 exec $CAIRN run {_line.Spec()} --set supervision.max-restarts=0");

        Assert.True(run.Exit == 1, $"{run}");
        Assert.Contains("File too large", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_for_temporary_files_that_is_none_is_told_and_hinders_no_run()
    {
        var run = Shell.Run(_line.Folder, $"TMPDIR=/nosuch/place exec $CAIRN run {_line.Spec()}");

        Assert.True(run.Exit == 0, $"{run}");
        Assert.Contains("set TMPDIR to a writable one", run.Error, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("status out/checkpoints")]
    [InlineData("checkpoints verify out/checkpoints/members_000000_000000")]
    [InlineData("diff out/checkpoints out/checkpoints")]
    [InlineData("cancel out/checkpoints")]
    [InlineData("run out/checkpoints/run.conf")]
    public void A_folder_that_may_not_be_entered_is_named_and_is_not_said_to_be_empty(string command)
    {
        Begin();
        var told = AsAnother("chmod 700 out/checkpoints", command);

        Assert.True(told.Exit == 2, $"{told}");
        Assert.Contains($"may not enter {_line["out/checkpoints"]} (permission denied)", told.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_folder_that_may_not_be_listed_is_named()
    {
        Begin();
        var told = AsAnother("chmod 700 out/checkpoints", "checkpoints ls out/checkpoints");

        Assert.True(told.Exit == 1, $"{told}");
        Assert.Contains($"opendir failed on {_line["out/checkpoints"]}: Permission denied", told.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_record_that_may_not_be_read_is_no_damaged_one()
    {
        Begin();
        var told = AsAnother("chmod 600 out/checkpoints/run.json", "status out/checkpoints");

        Assert.True(told.Exit == 1, $"{told}");
        Assert.Contains("run.json: Permission denied", told.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("--fresh", told.Error, StringComparison.Ordinal);
    }

    private void Begin() => Assert.Equal(0, CommandLine.Invoke("run", _line.Spec()).Code);

    /// <summary>Root may enter everything: it takes the part of nobody.</summary>
    private Shell AsAnother(string closing, string command)
    {
        var another = Environment.UserName == "root" ? "setpriv --reuid 65534 --regid 65534 --clear-groups env HOME=/tmp" : "";
        closing = another.Length > 0 ? closing : closing.Replace("700", "000", StringComparison.Ordinal)
            .Replace("600", "000", StringComparison.Ordinal);
        Skip.IfNot(Shell.Can($"{another} test -r {Shell.Program}"), "another user may not read the program here");
        var told = Shell.Run(_line.Folder, $"chmod 755 . && {closing} && {another} $CAIRN {command}");
        Shell.Run(_line.Folder, "chmod -R u+rwX .");
        return told;
    }
}
