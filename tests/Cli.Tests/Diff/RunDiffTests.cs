namespace Cairn.Cli.Tests.Diff;

public sealed class RunDiffTests : IDisposable
{
    private readonly CommandLine _first = new();
    private readonly CommandLine _second = new();

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public void Two_runs_of_one_spec_are_equal()
    {
        Run(_first);
        Run(_second);
        var result = Diff();
        Assert.Equal((0, ""), (result.Exit, result.Error));
        Assert.StartsWith("equal: ", result.Output, StringComparison.Ordinal);
        Assert.Contains(" of fields compared\n", result.Output, StringComparison.Ordinal);
    }

    /// <summary>Every batch has a folder rank_000000, which were once taken for one.</summary>
    [Theory]
    [InlineData("5", 0, "equal: ")]
    [InlineData("6", 1, "members_000002_000003/rank_")]
    public void Ranks_of_several_batches_are_compared_batch_by_batch(string seed, int exit, string said)
    {
        var spec = Path.Combine(CommandLine.Root, "examples", "lorenz96.conf");
        string[] sets = ["ranks.count=2", "ensemble.size=4", "ensemble.batch-size=2", "lead-times.count=2"];
        foreach (var (place, of) in new[] { (_first, "5"), (_second, seed) })
        {
            var options = sets.Append($"ensemble.seed={of}").SelectMany(set => new[] { "--set", set });
            var (code, _, error) = CommandLine.Invoke(["run", spec, "--plain", "--out", place["out"], .. options]);
            Assert.True(code == 0, error);
        }

        var result = Diff();
        Assert.Equal((exit, ""), (result.Exit, result.Error));
        Assert.Contains(said, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_seed_is_named_and_so_is_what_it_changed()
    {
        const string Noise = "ensemble.perturbation { kind = gaussian, amplitude = 1 }\n";
        Run(_first, Noise + "ensemble.seed = 1");
        Run(_second, Noise + "ensemble.seed = 2");

        var result = Diff();

        Assert.Equal(1, result.Exit);
        Assert.Contains("spec/ensemble.seed: A has 1, B has 2\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("members_000001_000001/[lead time", result.Output, StringComparison.Ordinal);
        Assert.Contains("fields/u: ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_cut_and_further_lead_times_are_named()
    {
        Run(_first);
        Run(_second, "ensemble.batch-size = 2\nlead-times.count = 4");

        var result = Diff();

        Assert.Equal(1, result.Exit);
        Assert.Contains("catalog members_000001_000001 is in A only\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("catalog members_000000_000001 is in B only\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("fields/lead_time: layout: shape: A has [4], B has [5]", result.Output, StringComparison.Ordinal);
    }

    private static void Run(CommandLine place, string more = "")
    {
        var (code, _, error) = CommandLine.Invoke("run", place.Spec(more), "--plain");
        Assert.True(code == 0, error);
    }

    private Invocation Diff() => Invocation.Run("diff", _first["out/checkpoints"], _second["out/checkpoints"]);
}
