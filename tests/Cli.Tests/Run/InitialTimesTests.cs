using System.Text.Json.Nodes;

namespace Cairn.Cli.Tests.Run;

/// <summary>A run of several initial times at the command line, and the commands that read it.</summary>
public sealed class InitialTimesTests : IDisposable
{
    private const string Times = "initial.time = [\"1990-01-16\", \"1990-02-16\"]\n";
    private static readonly string Winds = Path.Combine(CommandLine.Root, "data", "navy-winds-1982-1992.nc");

    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public void The_run_and_its_status_tell_the_time_of_each_batch()
    {
        var (code, output, error) = CommandLine.Invoke("run", _line.Spec(Times));
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("2 members of each of 2 initial times in batches of 1", output, StringComparison.Ordinal);
        Assert.Contains("member 1 of 1990-02-16: done, 3 steps", output, StringComparison.Ordinal);

        (_, output, _) = CommandLine.Invoke("status", _line["out"]);
        Assert.Contains("2 members of each of 2 initial times, to lead time 18 h", output, StringComparison.Ordinal);
        Assert.Matches("(?m)^1 of 1990-02-16 +18 h", output);

        (_, output, _) = CommandLine.Invoke("status", _line["out"], "--json");
        Assert.Equal(
            "{\"time\":\"1990-02-16\",\"first\":2}", JsonNode.Parse(output)!["batches"]![3]!["of"]!.ToJsonString());
    }

    [Fact]
    public void What_reads_it_tells_of_the_times_or_asks_for_one()
    {
        CommandLine.Invoke("run", _line.Spec(Times));

        var (code, output, error) = CommandLine.Invoke("verify-forecast", _line["out"], "--truth", Winds);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("means over the initial times with truth, 2 at each lead time", output, StringComparison.Ordinal);

        (code, _, error) = CommandLine.Invoke("verify-forecast", _line["out"], "--truth", _line["out/fields.zarr"], "--variable", "u=u");
        Assert.Equal(2, code);
        Assert.Contains("fields.zarr holds 2 initial times", error, StringComparison.Ordinal);

        (code, output, error) = CommandLine.Invoke("derive", _line["out"], "--netcdf", _line["f-{time}.nc"]);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("f-1990-02-16T0630.nc", output, StringComparison.Ordinal);

        (code, _, error) = CommandLine.Invoke("derive", _line["out"], "--statistics", _line["s.nc"]);
        Assert.Equal(2, code);
        Assert.Contains("expected {time} in its name", error, StringComparison.Ordinal);

        (code, _, error) = CommandLine.Invoke("picture", _line["out"]);
        Assert.Equal((0, ""), (code, error));
    }

    [Fact]
    public void A_branch_has_the_times_of_its_run_and_no_others()
    {
        CommandLine.Invoke("run", _line.Spec(Times));

        var (code, _, error) = CommandLine.Invoke("branch", _line["out@12h"], _line["more"], "--set", "initial.time=[\"1990-01-16\"]");
        Assert.Equal(2, code);
        Assert.Contains("initial.time[1]: was 1990-02-16, now not set", error, StringComparison.Ordinal);

        Assert.Equal(0, CommandLine.Invoke("branch", _line["out@12h"], _line["same"]).Code);
        Assert.Equal(0, CommandLine.Invoke("run", _line["same/spec.conf"]).Code);
        Assert.Equal(0, CommandLine.Invoke("diff", _line["out/fields.zarr"], _line["same/fields.zarr"]).Code);
    }

    [Fact]
    public void A_time_that_the_file_lacks_is_told_with_those_nearest_to_it()
    {
        var (code, _, error) = CommandLine.Invoke("run", _line.Spec("initial.time = [\"1990-01-16\", \"1990-02-01\"]\n"));

        Assert.NotEqual(0, code);
        Assert.Contains("has no time 1990-02-01. Nearest: ", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_line["out"]));
    }
}
