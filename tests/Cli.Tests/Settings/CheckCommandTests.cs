namespace Cairn.Cli.Tests.Settings;

/// <summary><c>cairn check</c>.</summary>
public sealed class CheckCommandTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public void Every_setting_stands_with_its_value_and_where_that_comes_from()
    {
        var name = $"CAIRN_TEST_{Guid.NewGuid():N}";
        Environment.SetEnvironmentVariable(name, "9");
        var spec = _line.Spec($"ensemble.seed = ${{{name}}}");
        var (code, output, error) = CommandLine.Invoke("check", spec, "--set", "ensemble.size=4");
        Environment.SetEnvironmentVariable(name, null);

        Assert.Equal((0, ""), (code, error));
        var rows = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Cells).ToList();
        Assert.Equal(["setting", "value", "from"], rows[0]);
        Assert.Contains(rows, r => r is ["model.step", "6h", var from] && from == $"{spec}:2");
        Assert.Contains(rows, r => r is ["initial.variables", "{ u = u10m, v = v10m }", var from] && from == $"{spec}:4");
        Assert.Contains(rows, r => r is ["ensemble.size", "4", "--set"]);
        Assert.Contains(rows, r => r is ["ensemble.seed", "9", var from] && from == $"environment variable {name}");
        Assert.Contains(rows, r => r is ["output.compression", "zlib", "default"]);
        Assert.Contains(rows, r => r is ["output.variables", "all", "default"]);
        Assert.DoesNotContain(rows, r => r[0] == "model.truncation");
    }

    [Fact]
    public void Columns_line_up()
    {
        var lines = CommandLine.Invoke("check", _line.Spec()).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var at = lines[0].IndexOf("value", StringComparison.Ordinal);

        Assert.All(lines, line => Assert.Equal((' ', false), (line[at - 1], line[at] == ' ')));
    }

    [Fact]
    public void Mistakes_are_told_all_together_as_by_run_and_nothing_is_written()
    {
        var spec = _line.Spec("ensemble.sise = 4\noutput.every = often");
        var (code, output, error) = CommandLine.Invoke("check", spec);

        Assert.Equal((2, ""), (code, output));
        Assert.Equal(CommandLine.Invoke("run", spec).Error, error);
        Assert.Contains("has 2 mistakes", error, StringComparison.Ordinal);
        Assert.Contains("the nearest is ensemble.size", error, StringComparison.Ordinal);
        Assert.Equal([spec], Directory.EnumerateFileSystemEntries(_line.Folder));
    }

    [Fact]
    public void Another_folder_for_all_that_is_written_is_told()
    {
        var rows = CommandLine.Invoke("check", _line.Spec(), "--out", _line["other"]).Output.Split('\n').Select(Cells);

        Assert.Contains(rows, r => r is ["output.path", var path, "--set"] && path == _line["other/fields.zarr"]);
    }

    private static string[] Cells(string line) => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
