namespace Cairn.Cli.Tests.Run;

public sealed class RunCommandTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public void A_run_ends_with_0_tells_where_things_are_and_what_to_type_next()
    {
        var (code, output, error) = CommandLine.Invoke("run", _line.Spec(), "--plain");

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("run trial: 2 members in batches of 1, 3 boundaries to lead time 18 h", output, StringComparison.Ordinal);
        Assert.Contains("member 1: starts from the initial condition (epoch 1)", output, StringComparison.Ordinal);
        Assert.Contains("run trial is complete: 6 steps", output, StringComparison.Ordinal);
        Assert.Contains(_line["out/fields.zarr"], output, StringComparison.Ordinal);
        Assert.Contains($"status {_line["out/checkpoints"]}", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quiet_run_prints_what_goes_wrong_and_nothing_else()
    {
        Assert.Equal((0, "", ""), CommandLine.Invoke("run", _line.Spec(), "--quiet"));

        var throws = "rehearsal = [{ kind = throw, lead-time = 12h, member = 1 }]";
        var (code, output, error) = CommandLine.Invoke("run", _line.Spec(throws), "--out", _line["again"], "--quiet");
        Assert.Equal((0, ""), (code, output));
        Assert.Contains("member 1: starts again in", error, StringComparison.Ordinal);
        Assert.DoesNotContain("session", error.Split("starts again")[0], StringComparison.Ordinal);

        (code, output, error) = CommandLine.Invoke("run", _line.Spec("model.bounds { u = [300, 400] }"), "--out", _line["bad"], "--quiet");
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("cairn: member 0: The state failed its health check", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_complete_run_says_so_and_does_nothing()
    {
        CommandLine.Invoke("run", _line.Spec());
        var (code, output, _) = CommandLine.Invoke("run", _line.Spec());

        Assert.Equal(0, code);
        Assert.Contains("was complete already; nothing was done", output, StringComparison.Ordinal);
    }

    [Fact]
    public void More_lead_times_go_on_from_the_sessions_there_are()
    {
        CommandLine.Invoke("run", _line.Spec());
        var (code, output, _) = CommandLine.Invoke("run", _line.Spec(), "--set", "lead-times.count=5");

        Assert.Equal(0, code);
        Assert.Contains("member 0: restarts from lead time 18 h, session commit_00000004_", output, StringComparison.Ordinal);
        Assert.Contains("is complete: 4 steps", output, StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_a_run_writes_goes_into_another_folder_together()
    {
        var spec = _line.Spec($"output.netcdf = \"{_line["out/all.nc"]}\"\noutput.statistics.path = \"{_line["out/statistics.nc"]}\"");
        var (code, output, error) = CommandLine.Invoke("run", spec, "--plain", "--out", _line["other"]);

        Assert.Equal((0, ""), (code, error));
        Assert.False(Directory.Exists(_line["out"]));
        Assert.Equal(
            ["all.nc", "checkpoints", "fields.zarr", "forecast.html", "statistics.nc"],
            Directory.EnumerateFileSystemEntries(_line["other"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains(_line["other/fields.zarr"], output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_is_refused_leaves_nothing_behind()
    {
        var spec = _line.Spec($"output.statistics.path = \"{_line["out/statistics.nc"]}\"");
        CommandLine.Invoke("run", spec);

        var (code, _, error) = CommandLine.Invoke(
            "run", spec, "--set", $"checkpoint.path=\"{_line["new/checkpoints"]}\"",
            "--set", $"output.path=\"{_line["new/fields.zarr"]}\"");

        Assert.Equal(2, code);
        Assert.Contains(_line["out/statistics.nc"], error, StringComparison.Ordinal);
        Assert.Contains("--out", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_line["new"]));
    }

    [Fact]
    public void A_spec_that_is_not_there_is_a_mistake_of_the_user()
    {
        var error = Refused("run", _line["missing.conf"]);

        Assert.Contains("missing.conf", error, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_listed_together_each_with_its_line()
    {
        var error = Refused("run", _line.Spec("ensemble.size = none\nlead-times.every = 5h\noutput.evry = 2"));

        Assert.Contains("run.conf:10:", error, StringComparison.Ordinal);
        Assert.Contains("run.conf:11:", error, StringComparison.Ordinal);
        Assert.Contains("run.conf:12:", error, StringComparison.Ordinal);
        Assert.Contains("ensemble.size", error, StringComparison.Ordinal);
        Assert.Contains("lead-times.every", error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_setting_is_told_with_the_nearest_known_one() =>
        Assert.Contains("output.every", Refused("run", _line.Spec("output.evry = 2")), StringComparison.Ordinal);

    [Fact]
    public void An_input_file_that_is_not_there_is_named() =>
        Assert.Contains("/nowhere/in.nc", Refused("run", _line.Spec("initial.path = /nowhere/in.nc")), StringComparison.Ordinal);

    [Theory]
    [InlineData("initial.variables { u = temperature }", "temperature")]
    [InlineData("initial.time = \"1999-01-16\"", "1999-01-16")]
    public void What_the_input_file_lacks_is_named_with_what_it_has(string setting, string named)
    {
        var (code, _, error) = CommandLine.Invoke("run", _line.Spec(setting));

        Assert.InRange(code, 1, 2);
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.Contains("navy-winds", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_line["out"]));
    }

    [Theory]
    [InlineData("output.variables = [u, vorticity]", "vorticity")]
    [InlineData("output.box.latitude = [0.5, 1]", "contains no grid point")]
    public void An_output_that_the_model_cannot_give_is_refused(string setting, string named) =>
        Assert.Contains(named, Refused("run", _line.Spec(setting)), StringComparison.Ordinal);

    [Fact]
    public void A_changed_spec_is_refused_key_by_key()
    {
        CommandLine.Invoke("run", _line.Spec());
        var (code, _, error) = CommandLine.Invoke("run", _line.Spec("ensemble.seed = 3"));

        Assert.Equal(2, code);
        Assert.Contains("ensemble.seed: was 0, now 3", error, StringComparison.Ordinal);
        Assert.Contains("--fresh", error, StringComparison.Ordinal);
        Assert.Equal(0, CommandLine.Invoke("run", _line.Spec("ensemble.seed = 3"), "--fresh").Code);
    }

    [Fact]
    public void A_run_that_fails_ends_with_1_and_tells_what_to_type_with_quotes_where_the_shell_needs_them()
    {
        // Speeds of 300 m/s are far outside these winds, so that no boundary is ever sound.
        var (code, output, error) = CommandLine.Invoke("run", _line.Spec(), "--set", "model.bounds { u = [300, 400] }", "--plain");

        Assert.Equal(1, code);
        Assert.Contains("cairn: member 0: The state failed its health check", error, StringComparison.Ordinal);
        Assert.Contains("run trial FAILED in 2 of 2 batches", output, StringComparison.Ordinal);
        Assert.Contains("--set 'model.bounds { u = [300, 400] }'", output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_that_does_not_exist_is_a_mistake_with_a_way_on()
    {
        var error = Refused("run", _line.Spec(), "--frsh");

        Assert.Contains("--frsh", error, StringComparison.Ordinal);
        Assert.Contains("run --help", error, StringComparison.Ordinal);
    }

    /// <summary>The message of a refusal: exit code 2, no stack trace, and nothing written.</summary>
    private string Refused(params string[] arguments)
    {
        var (code, _, error) = CommandLine.Invoke(arguments);

        Assert.True(code == 2, $"exit code {code}: {error}");
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_line["out"]));
        return error;
    }
}
