namespace Cairn.Cli.Tests.Settings;

/// <summary><c>cairn init</c>.</summary>
public sealed class InitCommandTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("spherical-shallow-water")]
    [InlineData("shallow-water")]
    [InlineData("lorenz96")]
    public void A_model_that_knows_states_to_begin_from_runs_as_it_comes(string model)
    {
        Written(model);
        var (code, _, error) = CommandLine.Invoke("run", _line["first.conf"], "--out", _line["out"], "--set", "lead-times.count=1");

        Assert.True(code == 0, error);
        Assert.Contains("first", File.ReadAllText(_line["out/checkpoints/run.json"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("barotropic", "initial.path")]
    [InlineData("persistence", "initial.path")]
    [InlineData("onnx", "model.path", "initial.path")]
    [InlineData("torchscript", "model.path", "initial.path")]
    [InlineData("python", "initial.path")]
    [InlineData("mesh", "model.mesh.path", "model.weather.path")]
    public void Of_others_nothing_is_amiss_but_the_files_that_only_their_user_has(string model, params string[] files)
    {
        Written(model);
        var (code, _, error) = CommandLine.Invoke("check", _line["first.conf"]);

        Assert.Equal(2, code);
        var mistakes = error.Split('\n').Where(line => line.Contains("; expected ", StringComparison.Ordinal)).ToList();
        Assert.Equal(files.Length, mistakes.Count);
        Assert.All(mistakes.Zip(files), m => Assert.Contains($"{m.Item2}: found ", m.Item1, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("analytic")]
    [InlineData("random")]
    public void Another_source_brings_its_own_settings(string source)
    {
        Written("persistence", "--source", source);
        var text = File.ReadAllText(_line["first.conf"]);

        Assert.Contains("\ninitial.grid.latitude = ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("initial.path", text, StringComparison.Ordinal);
        var (code, _, error) = CommandLine.Invoke("check", _line["first.conf"]);
        Assert.True(code == 0, error);
    }

    [Fact]
    public void A_file_that_is_there_stays_as_it_is()
    {
        File.WriteAllText(_line["first.conf"], "mine");
        var (code, output, error) = CommandLine.Invoke("init", _line["first.conf"]);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains("exists already", error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(_line["first.conf"]));
    }

    private void Written(string model, params string[] more)
    {
        var (code, output, error) = CommandLine.Invoke(["init", _line["first.conf"], "--model", model, .. more]);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("cairn check", output, StringComparison.Ordinal);
    }
}
