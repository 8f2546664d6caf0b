namespace Cairn.Cli.Tests.Derive;

public sealed class DeriveCommandTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public void A_run_derives_what_its_spec_asks_for_and_tells_where_it_is()
    {
        var spec = _line.Spec($"output.netcdf = \"{_line["out/f.nc"]}\"\n"
            + $"output {{ statistics.path = \"{_line["out/s.nc"]}\", keep-members = false }}");
        var (code, output, error) = CommandLine.Invoke("run", spec, "--plain");

        Assert.Equal((0, ""), (code, error));
        Assert.Contains($"derived {_line["out/f.nc"]} (", output, StringComparison.Ordinal);
        Assert.Contains($"dropped the members' fields in {_line["out/fields.zarr"]}", output, StringComparison.Ordinal);
        Assert.Contains($"statistics   {_line["out/s.nc"]}", output, StringComparison.Ordinal);
        Assert.Contains("open_dataset", output, StringComparison.Ordinal);
        Assert.DoesNotContain("open_zarr", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_line["out/fields.zarr"]));

        (code, output, error) = CommandLine.Invoke("run", spec);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("was complete already; nothing was done", output, StringComparison.Ordinal);
        (code, _, error) = CommandLine.Invoke("derive", _line["out"], "--netcdf", _line["other.nc"]);
        Assert.Equal(2, code);
        Assert.Contains("dropped its members' fields", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_are_derived_from_a_run_that_did_not_ask_for_them()
    {
        CommandLine.Invoke("run", _line.Spec());
        var (code, output, error) = CommandLine.Invoke(
            "derive", _line["out"], "--netcdf", _line["f.nc"], "--statistics", _line["s.nc"], "--quantiles", "0.25,0.75");

        Assert.Equal((0, ""), (code, error));
        Assert.Equal($"derived {_line["f.nc"]}\nderived {_line["s.nc"]}\n", output);
        Assert.True(File.Exists(_line["f.nc"]) && File.Exists(_line["s.nc"]));
    }

    [Theory]
    [InlineData("names no file to derive")]
    [InlineData("expected numbers with commas", "--statistics", "s.nc", "--quantiles", "0.5;0.9")]
    [InlineData("growing", "--statistics", "s.nc", "--quantiles", "0.9,0.5")]
    public void A_mistake_in_what_is_asked_for_ends_with_2(string said, params string[] options)
    {
        CommandLine.Invoke("run", _line.Spec());
        var (code, _, error) = CommandLine.Invoke(["derive", _line["out"], .. options.Select(o => o == "s.nc" ? _line[o] : o)]);

        Assert.Equal(2, code);
        Assert.Contains(said, error, StringComparison.Ordinal);
        Assert.Equal(2, CommandLine.Invoke("derive", _line["nowhere"]).Code);
    }

    [Fact]
    public void A_bad_diagnostic_ends_with_2_before_anything_is_written()
    {
        var (code, _, error) = CommandLine.Invoke("run", _line.Spec("diagnostics = [{ kind = winds, variables = [u], outputs = [a] }]"));

        Assert.Equal(2, code);
        Assert.Contains("winds", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_line["out"]));
    }
}
