namespace Cairn.Cli.Tests.Status;

public sealed class StatusCommandTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("out")]
    [InlineData("out/checkpoints")]
    public void A_complete_run_is_told_batch_by_batch(string path)
    {
        CommandLine.Invoke("run", _line.Spec());
        var (code, output, error) = CommandLine.Invoke("status", _line[path]);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("run trial: complete", output, StringComparison.Ordinal);
        Assert.Contains("2 members, to lead time 18 h", output, StringComparison.Ordinal);
        Assert.Equal(2, output.Split('\n').Count(l =>
            l.Contains("commit_00000004_", StringComparison.Ordinal) && l.Contains("18 h", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_run_that_failed_at_its_beginning_is_not_running_and_stands_at_nothing()
    {
        CommandLine.Invoke("run", _line.Spec(), "--set", "model.bounds { u = [300, 400] }");
        var (code, output, _) = CommandLine.Invoke("status", _line["out"]);

        Assert.Equal(0, code);
        Assert.Contains("not running", output, StringComparison.Ordinal);
        Assert.Matches("(?m)^0 +- +0", output);
    }

    [Fact]
    public void A_folder_without_a_run_is_a_mistake_of_the_user()
    {
        var (code, _, error) = CommandLine.Invoke("status", _line.Folder);

        Assert.Equal(2, code);
        Assert.Contains("holds no run: there is no run.json", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_record_is_told_by_its_path()
    {
        CommandLine.Invoke("run", _line.Spec());
        File.WriteAllText(_line["out/checkpoints/run.json"], "{\"version\": 1}");
        var (code, _, error) = CommandLine.Invoke("status", _line["out"]);

        Assert.Equal(1, code);
        Assert.Contains(_line["out/checkpoints/run.json"], error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }
}
