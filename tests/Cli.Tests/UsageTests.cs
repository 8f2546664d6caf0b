namespace Cairn.Cli.Tests;

/// <summary>A command line with a mistake is told what is wrong with it, and what was probably meant.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("there is no command cairn rnu; did you mean run?", "rnu", "spec.conf")]
    [InlineData("there is no command cairn stat; did you mean status?", "stat")]
    [InlineData("there is no command cairn checkpoints verfiy; did you mean verify?", "checkpoints", "verfiy", "x")]
    [InlineData("cairn run has no option --hlep; did you mean --help?", "run", "--hlep")]
    [InlineData("cairn run has no option --fersh; did you mean --fresh?", "run", "spec.conf", "--fersh")]
    [InlineData("cairn has no option --versoin", "--versoin")]
    [InlineData("Required argument missing for command: 'diff'.", "diff")]
    public void The_mistake_is_named_and_the_nearest_name_with_it(string expected, params string[] arguments)
    {
        var call = Invocation.Run(arguments);

        Assert.Equal(2, call.Exit);
        Assert.StartsWith($"cairn: {expected}", call.Error, StringComparison.Ordinal);
        Assert.Contains("--help", call.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("  [<RUN>]  A run's", "status", "--help")]
    [InlineData("  [<ROW>]   Which", "checkpoints", "show", "--help")]
    [InlineData("  <PATH>    A catalog", "checkpoints", "show", "--help")]
    [InlineData("  <RUN>  The run's id", "events", "--help")]
    public void Help_has_arguments_that_may_be_left_out_in_brackets(string expected, params string[] arguments)
    {
        var call = Invocation.Run(arguments);

        Assert.Equal((0, ""), (call.Exit, call.Error));
        Assert.Contains($"\n{expected}", call.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "https://example.org/run.conf")]
    [InlineData("status", "s3://bucket/run")]
    [InlineData("diff", "here", "gs://bucket/run")]
    [InlineData("picture", "file:/tmp/run")]
    [InlineData("run", "spec.conf", "--out", "s3://bucket/run")]
    [InlineData("checkpoints", "export", "here", "s3://bucket/x", "--to", "earth2studio")]
    [InlineData("derive", "file:///tmp/run")]
    public void A_URL_is_refused_where_a_path_is_given(params string[] arguments)
    {
        var call = Invocation.Run(arguments);

        Assert.Equal(2, call.Exit);
        Assert.StartsWith("cairn: found the URL ", call.Error, StringComparison.Ordinal);
        Assert.Contains("Mount or copy remote data", call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_of_a_run_of_this_machine_are_named()
    {
        var call = Invocation.Run("events", _line.Folder + "/out");

        Assert.Equal(2, call.Exit);
        Assert.Contains($"{_line.Folder}/out/events.jsonl", call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_no_spec() => Refused(_line.Folder, "found a folder; expected a spec, a file in HOCON, JSON or YAML");

    [Fact]
    public void A_spec_may_be_YAML_and_its_mistakes_have_lines()
    {
        var path = _line["run.yaml"];
        File.WriteAllText(path, "name: x\nmodel:\n  kind: barotropic\n  stepp: 30m\n");
        Refused(path, $"{path}:4: model.stepp");
    }

    [Theory]
    [InlineData("output.path", "s3://bucket/x")]
    [InlineData("checkpoint.path", "gs://bucket/y")]
    [InlineData("output.netcdf", "https://example.org/f.nc")]
    [InlineData("initial.path", "file:///tmp/x.nc")]
    [InlineData("output.path", "file:/tmp/x")]
    [InlineData("checkpoint.path", "s3:/bucket/y")]
    public void A_URL_is_refused_where_only_files_work(string key, string url)
    {
        var call = Invocation.Run("run", _line.Spec(), "--set", $"{key}=\"{url}\"");

        Assert.Equal(2, call.Exit);
        Assert.Contains($"{key}: found the URL {url}; expected", call.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(url[..url.IndexOf('/', StringComparison.Ordinal)]));
    }

    [Fact]
    public void An_unknown_key_is_told_the_nearest_of_its_section()
    {
        var call = Invocation.Run("run", _line.Spec(), "--set", "output.pth=x");
        Assert.Contains("the nearest is output.path", call.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("checkpoint.path=/", "found /, which holds the spec")]
    [InlineData("checkpoint.path=~/ck", "expected the path of the run's folder for checkpoints; for the home folder: ${HOME}/ck")]
    [InlineData("output.path=~", "found ~, whose ~ only a shell replaces")]
    [InlineData("initial.path=~/x.nc", "${HOME}/x.nc")]
    public void A_path_that_is_everything_or_a_shell_s_is_refused(string setting, string expected)
    {
        var call = Invocation.Run("run", _line.Spec(), "--set", setting.Replace("=", "=\"", StringComparison.Ordinal) + "\"");

        Assert.Equal(2, call.Exit);
        Assert.Contains(expected, call.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_is_refused_when_it_is_to_start_over_leaves_no_folder_and_no_lock()
    {
        Directory.CreateDirectory(_line["out/fields.zarr"]);
        File.WriteAllText(_line["out/fields.zarr/precious"], "");
        var call = Invocation.Run("run", _line.Spec(), "--fresh");

        Assert.Equal(2, call.Exit);
        Assert.Contains("fields.zarr is not a field store", call.Error, StringComparison.Ordinal);
        Assert.Equal([_line["out/fields.zarr"]], Directory.GetFileSystemEntries(_line["out"]));
    }

    [Theory]
    [InlineData("status")]
    [InlineData("cancel")]
    public void A_run_that_nobody_knows_is_told_so(string command)
    {
        var call = Invocation.Run(command, "nosuch", "--seed", "http://127.0.0.1:1");
        Assert.Equal(1, call.Exit);
        Assert.StartsWith("cairn: nosuch is neither a folder nor a spec here; for a run with that id: no seed answers", call.Error,
            StringComparison.Ordinal);
    }

    private static void Refused(string spec, string expected)
    {
        var call = Invocation.Run("run", spec);
        Assert.Equal(2, call.Exit);
        Assert.Contains(expected, call.Error, StringComparison.Ordinal);
    }
}
