namespace Cairn.Cli.Tests.Checkpoints;

public sealed class CheckpointsCommandTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("append-3-rows")]
    [InlineData("history-2")]
    public void A_catalog_of_Earth2Studio_is_listed_as_it_lists_it_itself(string catalog)
    {
        var printed = File.ReadAllText(Path.Combine(CommandLine.Fixtures, "printed.txt"));
        var start = printed.IndexOf($"Checkpoint(\"{catalog}\")", StringComparison.Ordinal);
        var table = printed[printed.IndexOf("id  ", start, StringComparison.Ordinal)..];
        var end = table.IndexOf("\n\n", StringComparison.Ordinal);
        var (code, output, _) = CommandLine.Invoke("checkpoints", "ls", Path.Combine(CommandLine.Fixtures, catalog));

        Assert.Equal(0, code);
        Assert.Contains((end < 0 ? table : table[..end]).TrimEnd(), output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_rank_of_a_catalog_is_listed()
    {
        var (code, output, _) = CommandLine.Invoke("checkpoints", "ls", Path.Combine(CommandLine.Fixtures, "two-ranks"));

        Assert.Equal(0, code);
        Assert.Contains("rank: 0/2", output, StringComparison.Ordinal);
        Assert.Contains("rank: 1/2", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_catalog_that_one_rank_took_over_from_two_is_listed_and_verified_whole()
    {
        using var catalogs = new Catalogs();
        catalogs.WriteGang("mixed", ranks: 2, sessions: 2);
        var row = catalogs.Write("mixed", 1, epoch: true).Single();

        var (code, output, _) = CommandLine.Invoke("checkpoints", "ls", catalogs.Path("mixed"));
        Assert.Equal(0, code);
        Assert.Contains("mixed: 3, torn rows: 0", output, StringComparison.Ordinal);
        Assert.Contains(row.CommitId, output, StringComparison.Ordinal);
        Assert.Equal("session_00000001_00000002", row.Parent);
        (code, output, _) = CommandLine.Invoke("checkpoints", "verify", catalogs.Path("mixed"));
        Assert.Equal(0, code);
        Assert.Contains("5 sessions, all whole", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_session_holds_is_shown_with_kinds_types_and_shapes()
    {
        var (code, output, _) = CommandLine.Invoke("checkpoints", "show", Path.Combine(CommandLine.Fixtures, "append-3-rows"), "1");

        Assert.Equal(0, code);
        Assert.Contains("write count 2", output, StringComparison.Ordinal);
        Assert.Contains("written by Earth2Studio", output, StringComparison.Ordinal);
        Assert.Contains("note = row 2", output, StringComparison.Ordinal);
        Assert.Contains("shape or value", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_that_is_not_there_is_told_with_how_many_there_are()
    {
        var (code, _, error) = CommandLine.Invoke("checkpoints", "show", Path.Combine(CommandLine.Fixtures, "append-3-rows"), "3");

        Assert.Equal(2, code);
        Assert.Contains("has 3 sessions; there is no session 3", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ls")]
    [InlineData("show")]
    [InlineData("verify")]
    public void A_path_without_a_catalog_is_a_mistake_of_the_user_and_not_damage(string command)
    {
        var missing = CommandLine.Invoke("checkpoints", command, _line["nowhere"]);
        var empty = CommandLine.Invoke("checkpoints", command, _line.Folder);

        Assert.Equal((2, 2), (missing.Code, empty.Code));
        Assert.Contains("is not a folder", missing.Error, StringComparison.Ordinal);
        Assert.Contains("holds no catalog", empty.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_whole_run_is_listed_shown_and_verified_batch_by_batch()
    {
        CommandLine.Invoke("run", _line.Spec());
        // Above the checkpoint folder too, as a user types it.
        var listed = CommandLine.Invoke("checkpoints", "ls", _line["out"]);
        var shown = CommandLine.Invoke("checkpoints", "show", _line["out/checkpoints"]);
        var verified = CommandLine.Invoke("checkpoints", "verify", _line["out"]);

        Assert.Equal((0, 0, 0), (listed.Code, shown.Code, verified.Code));
        Assert.Equal(2, listed.Output.Split("Checkpoint(\"trial\")").Length - 1);
        Assert.Contains("lead_time = 18 hours", shown.Output, StringComparison.Ordinal);
        Assert.Contains("members[000001]", shown.Output, StringComparison.Ordinal);
        Assert.Contains("8 sessions, all whole", verified.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_session_is_named_and_ends_with_1()
    {
        CommandLine.Invoke("run", _line.Spec());
        var file = Directory.GetFiles(_line["out/checkpoints/members_000001_000001"], "*.npy", SearchOption.AllDirectories)[0];
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        var (code, output, _) = CommandLine.Invoke("checkpoints", "verify", _line["out/checkpoints"]);

        Assert.Equal(1, code);
        Assert.Contains("damaged: 1 of 8 sessions", output, StringComparison.Ordinal);
        var line = Assert.Single(output.Split('\n'), l => l.Contains("DAMAGED: ", StringComparison.Ordinal));
        Assert.Contains(Path.GetFileName(file), line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_without_a_session_yet_does_not_hide_the_others()
    {
        CommandLine.Invoke("run", _line.Spec());
        Directory.Delete(_line["out/checkpoints/members_000000_000000/commits"], recursive: true);
        Directory.CreateDirectory(_line["out/checkpoints/members_000000_000000/commits"]);
        File.Delete(_line["out/checkpoints/members_000000_000000/catalog.json"]);
        var (code, output, _) = CommandLine.Invoke("checkpoints", "show", _line["out/checkpoints"]);

        Assert.Equal(0, code);
        Assert.Contains("members_000000_000000: no sessions yet", output, StringComparison.Ordinal);
        Assert.Contains("members[000001]", output, StringComparison.Ordinal);
    }
}
