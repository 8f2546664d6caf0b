namespace Cairn.Engine.Tests.Rollouts;

public sealed class RunPictureTests : IDisposable
{
    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Fact]
    public void A_run_ends_with_its_picture_and_says_so()
    {
        var spec = Spec();
        var recorder = new Recorder();
        var result = _trial.Run(spec, recorder);

        Assert.Equal(spec.Output.Picture, result.Picture);
        Assert.StartsWith("<!doctype html>", File.ReadAllText(result.Picture!), StringComparison.Ordinal);
        Assert.Contains("\"picture drawn\"", Journal(spec), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_picture_none_is_drawn()
    {
        var spec = _trial.Spec("plain");
        Assert.Null(_trial.Run(spec).Picture);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(spec.Output.Path!)!));
    }

    [Fact]
    public void A_picture_that_cannot_be_drawn_is_a_warning_and_no_failure()
    {
        var spec = Spec();
        Directory.CreateDirectory(Path.GetDirectoryName(spec.Output.Picture!)!);
        File.WriteAllText(spec.Output.Picture!, "mine");
        var result = _trial.Run(spec);

        Assert.Equal((RunOutcome.Completed, null), (result.Outcome, result.Picture));
        Assert.Equal("mine", File.ReadAllText(spec.Output.Picture!));
        Assert.Contains("no picture was drawn: ", Journal(spec), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_stopped_on_the_way_shows_what_it_committed()
    {
        var spec = Spec();
        var result = _trial.StopAt(spec, 3);
        Assert.Equal(RunOutcome.Stopped, result.Outcome);
        Assert.Contains("are not committed yet", File.ReadAllText(result.Picture!), StringComparison.Ordinal);
    }

    [Fact]
    public void The_picture_is_beside_the_store_and_named_after_it()
    {
        Assert.Equal("/out/forecast.html", PicturePaths.Beside("/out/fields.zarr"));
        Assert.Equal("/out/north.forecast.html", PicturePaths.Beside("/out/north.zarr/"));
    }

    private RunSpec Spec()
    {
        var spec = _trial.Spec("drawn");
        return spec with { Output = spec.Output with { Picture = PicturePaths.Beside(spec.Output.Path!) } };
    }

    private static string Journal(RunSpec spec) => File.ReadAllText(Path.Combine(spec.Checkpoint.Path, RunJournal.FileName));
}
