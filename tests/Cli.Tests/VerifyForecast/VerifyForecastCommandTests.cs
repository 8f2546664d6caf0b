namespace Cairn.Cli.Tests.VerifyForecast;

public sealed class VerifyForecastCommandTests : IDisposable
{
    private static readonly string Winds = Path.Combine(CommandLine.Root, "data", "navy-winds-1982-1992.nc");

    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public void A_run_is_scored_against_the_analyses_that_it_began_from()
    {
        CommandLine.Invoke("run", _line.Spec());
        var (code, output, error) = CommandLine.Invoke("verify-forecast", _line["out"], "--truth", Winds);

        Assert.Equal((0, ""), (code, error));
        var rows = output.Split('\n');
        Assert.Equal("variable  lead time  bias  rmse  crps  spread  spread/skill  acc", rows[0]);
        Assert.StartsWith("u         0 h        0     0     0     0", rows[1], StringComparison.Ordinal);
        Assert.StartsWith("v         0 h", rows[2], StringComparison.Ordinal);
        Assert.Contains("truth regridded from 73 x 144 points to the run's, bilinear", output, StringComparison.Ordinal);
        Assert.Contains("warning: no truth for 3 lead times, from 6 h to 18 h", output, StringComparison.Ordinal);
        Assert.Contains($"wrote {_line["out/verification.nc"]}", output, StringComparison.Ordinal);
        Assert.True(File.Exists(_line["out/verification.nc"]));
        Assert.Contains($"drew {_line["out/forecast.html"]}", output, StringComparison.Ordinal);
        Assert.Contains("\"truth\":\"navy-winds-1982-1992.nc\"", File.ReadAllText(_line["out/forecast.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_of_a_run_can_be_the_truth()
    {
        CommandLine.Invoke("run", _line.Spec());
        var (code, output, error) = CommandLine.Invoke("verify-forecast", _line["out"], "--truth", _line["out/fields.zarr"],
            "--member", "1", "-o", _line["scores.nc"]);

        // By the names that runs write, not by those of the file that the initial condition is read from.
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("u         18 h       0     0     0", output, StringComparison.Ordinal);
        Assert.Contains("v         18 h       0     0     0", output, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", output, StringComparison.Ordinal);
        Assert.True(File.Exists(_line["scores.nc"]));
        Assert.DoesNotContain("drew", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("writes no variable q; it writes u, v", "--variable", "q=u10m")]
    [InlineData("expected NAME=TRUTH", "--variable", "u")]
    [InlineData("expected bilinear, nearest or conservative", "--regrid", "1")]
    [InlineData("has no variable 'x10m'", "--variable", "u=x10m")]
    public void A_mistake_is_named_and_no_file_is_written(string said, params string[] options)
    {
        CommandLine.Invoke("run", _line.Spec());
        var (code, _, error) = CommandLine.Invoke(["verify-forecast", _line["out"], "--truth", Winds, .. options]);

        Assert.Equal(2, code);
        Assert.Contains(said, error, StringComparison.Ordinal);
        Assert.False(File.Exists(_line["out/verification.nc"]));
    }

    [Fact]
    public void A_truth_that_has_no_such_member_or_none_of_the_times_is_refused_with_what_it_has()
    {
        CommandLine.Invoke("run", _line.Spec());
        string[] verify = ["verify-forecast", _line["out"], "--variable", "u=u", "--truth"];
        var (code, _, error) = CommandLine.Invoke([.. verify, _line["out/fields.zarr"], "--member", "7"]);
        Assert.Equal(2, code);
        Assert.Contains("has no member 7", error, StringComparison.Ordinal);

        var later = _line["later/fields.zarr"];
        CommandLine.Invoke("run", _line.Spec(
            $"initial.time = \"1990-02-16\"\ncheckpoint.path = \"{_line["later/checkpoints"]}\"\noutput.path = \"{later}\""));
        (code, _, error) = CommandLine.Invoke([.. verify, later]);
        Assert.Equal(2, code);
        Assert.Contains("has none of the times that the run is valid at, from 1990-01-16T20:00:00", error, StringComparison.Ordinal);
    }
}
