namespace Cairn.Engine.Tests.Docs;

/// <summary>The programs of docs/checkpoints.md do what the page says: killed and started again, they end with the same numbers.</summary>
public sealed class CheckpointPageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-page").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("A loop of your own", "23", 137, "goes on after 5.00:00:00")]
    [InlineData("Deterministic", "7", 0, "lead time 42 h")]
    [InlineData("Ensemble", "24", 137, "members 2-3: lead time 18 h")]
    [InlineData("Diagnostic", "5", 0, "complete")]
    public void A_program_that_is_interrupted_and_started_again_ends_with_the_same_numbers(
        string heading, string interruption, int exit, string resumed)
    {
        using var program = new PageProgram(heading);
        var calm = program.Run(Path.Combine(_folder, "calm"));
        Assert.True(calm.Exit == 0, calm.Output);
        var first = program.Run(Path.Combine(_folder, "run"), interruption);
        Assert.True(first.Exit == exit, first.Output);

        var second = program.Run(Path.Combine(_folder, "run"));

        Assert.True(second.Exit == 0, second.Output);
        Assert.Contains(resumed, second.Output, StringComparison.Ordinal);
        Assert.Equal(Last(calm.Output), Last(second.Output));
        Assert.Matches(program.Ending, Last(calm.Output));
        Assert.NotEqual(Last(calm.Output), Last(first.Output));
        Assert.DoesNotContain("members 0-1: lead", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", second.Output, StringComparison.Ordinal);
    }

    private static string Last(string output) => output.TrimEnd().Split('\n')[^1];
}
