namespace Cairn.Cli.Tests.Picture;

public sealed class PictureCommandTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public void A_run_draws_its_picture_and_names_it()
    {
        var (code, output, error) = CommandLine.Invoke("run", _line.Spec(), "--plain");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains($"  picture      {_line["out/forecast.html"]}\n", output, StringComparison.Ordinal);
        Assert.True(File.Exists(_line["out/forecast.html"]));
    }

    [Fact]
    public void A_picture_is_drawn_again_from_the_runs_folder_or_from_the_store()
    {
        CommandLine.Invoke("run", _line.Spec(), "--plain");
        var drawn = File.ReadAllText(_line["out/forecast.html"]);
        File.Delete(_line["out/forecast.html"]);

        Assert.Equal(0, CommandLine.Invoke("picture", _line["out/checkpoints"]).Code);
        Assert.Equal(drawn, File.ReadAllText(_line["out/forecast.html"]));
        var (code, output, _) = CommandLine.Invoke("picture", _line["out/fields.zarr"], "-o", _line["pages/mine.html"]);
        Assert.Equal(0, code);
        Assert.StartsWith($"{_line["pages/mine.html"]} (", output, StringComparison.Ordinal);
        Assert.True(File.Exists(_line["pages/mine.html"]));
    }

    [Fact]
    public void A_run_that_wants_no_picture_has_none_until_it_is_asked_for()
    {
        CommandLine.Invoke("run", _line.Spec("output.picture = off"), "--plain");
        Assert.False(File.Exists(_line["out/forecast.html"]));
        Assert.Equal(0, CommandLine.Invoke("picture", _line["out"]).Code);
        Assert.True(File.Exists(_line["out/forecast.html"]));
    }

    [Fact]
    public void A_folder_that_is_neither_a_run_nor_a_store_is_a_mistake_of_the_user()
    {
        var (code, _, error) = CommandLine.Invoke("picture", _line.Folder);
        Assert.Equal(2, code);
        Assert.Contains("neither a run's folder", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_within_the_store_is_refused()
    {
        var (code, _, error) = CommandLine.Invoke("run", _line.Spec($"output.picture = \"{_line["out/fields.zarr/forecast.html"]}\""));
        Assert.Equal(2, code);
        Assert.Contains("neither of which is inside the other", error, StringComparison.Ordinal);
    }
}
