using Cairn.Cli.Tables;
using Cairn.Cli.Tests.Surroundings;

namespace Cairn.Cli.Tests.Tables;

public sealed class TextTableTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData(null, "members  newest session                starts  saved",
        "0-3      commit_00000012_4ba95a16c97c  1       2026-11-29T16:34:27.044147+00:00")]
    [InlineData(68, "members  newest session                starts  saved",
        "0-3      commit_00000012_4ba95a16c97c  1       2026-11-29 16:34:27Z")]
    [InlineData(60, "members  newest session  starts  saved", "0-3      commit_12_4ba9  1       2026-11-29 16:34:27Z")]
    [InlineData(50, "members  newest session  saved", "0-3      commit_12_4ba9  2026-11-29 16:34:27Z")]
    [InlineData(20, "members  newest session  saved", "0-3      commit_12_4ba9  2026-11-29 16:34:27Z")]
    public void Times_then_names_then_columns_give_way(int? width, string header, string row)
    {
        var table = new TextTable("members", "newest session", "starts", "saved") { Spare = ["starts"] };
        table.Add("0-3", "commit_00000012_4ba95a16c97c", "1", "2026-11-29T16:34:27.044147+00:00");

        Assert.Equal($"{header}\n{row}\n", table.ToString(width));
    }

    [Fact]
    public void Sentences_at_the_end_of_a_line_cost_no_column()
    {
        var table = new TextTable("session", "number", "result") { Spare = ["number"], EndsInText = true };
        table.Add("a", "1", new string('x', 100));

        Assert.StartsWith("session  number  result\n", table.ToString(60), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(60)]
    public void What_is_told_of_a_run_has_lines_that_fit(int columns)
    {
        var spec = _line.Spec("ensemble { size = 12, batch-size = 6 }");
        Assert.Equal(0, CommandLine.Invoke("run", spec).Code);
        var told = Shell.Run(_line.Folder, $"""
            export COLUMNS={columns}
            cd out
            $CAIRN status checkpoints && $CAIRN checkpoints ls checkpoints && $CAIRN checkpoints verify checkpoints
            """);

        Assert.True(told.Exit == 0, $"{told}");
        Assert.All(told.Output.Split('\n').Where(l => !l.StartsWith("path: ", StringComparison.Ordinal)), line =>
            Assert.True(line.Length <= columns, $"{line.Length} columns: {line}"));
    }
}
