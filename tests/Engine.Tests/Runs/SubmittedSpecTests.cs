namespace Cairn.Engine.Tests.Runs;

/// <summary>Specs that come from elsewhere.</summary>
public sealed class SubmittedSpecTests : IDisposable
{
    private readonly SpecFolder _folder = new();

    public SubmittedSpecTests()
    {
        _folder.Write("root/in.nc", "stands for a NetCDF file");
        _folder.Write("elsewhere/secret.nc", "stands for a file of somebody else");
    }

    private string Root => _folder.Path("root");

    [Fact]
    public void A_whole_spec_is_read_as_its_file_would_be()
    {
        var spec = Read(Text());

        Assert.Equal((Root + "/in.nc", Root + "/out/checkpoints"), (spec.Initial.Path, spec.Checkpoint.Path));
        Assert.Equal(Root + "/out/forecast.html", spec.Output.Picture);
        var json = RunSpecJson.Write(spec).ToJsonString();
        Assert.Equal(json, RunSpecJson.Write(SubmittedSpec.Read(json, SpecFormat.Json, Rules())).ToJsonString());
    }

    [Theory]
    [InlineData("initial.path", "in.nc", "relative to nothing")]
    [InlineData("initial.path", "/etc/passwd", "is in none")]
    [InlineData("initial.path", "ROOT/../elsewhere/secret.nc", "is in none")]
    [InlineData("initial.path", "ROOT/link/secret.nc", "is in none")]
    [InlineData("initial.path", "ROOT/circle/secret.nc", "is in none")]
    [InlineData("initial.path", "ROOT-beside/in.nc", "is in none")]
    [InlineData("checkpoint.path", "ROOT", "is in none")]
    [InlineData("checkpoint.path", "ROOT/link/new/checkpoints", "is in none")]
    [InlineData("checkpoint.path", "ROOT/here/../../elsewhere", "is in none")]
    [InlineData("output.path", "/tmp/fields.zarr", "is in none")]
    [InlineData("output.netcdf", "/tmp/fields.nc", "is in none")]
    [InlineData("output.statistics.path", "../statistics.nc", "relative to nothing")]
    [InlineData("output.picture", "/var/www/index.html", "is in none")]
    public void A_path_that_leads_out_of_the_roots_is_a_mistake(string key, string path, string found)
    {
        File.CreateSymbolicLink(Root + "/link", _folder.Path("elsewhere"));
        File.CreateSymbolicLink(Root + "/circle", Root + "/circle");
        var text = Text() + $"\n{key} = \"{path.Replace("ROOT", Root, StringComparison.Ordinal)}\"";
        var mistakes = Mistakes(text);

        Assert.Contains(mistakes, m => m.Key == key && m.Found.Contains(found, StringComparison.Ordinal));
        Assert.All(mistakes, m => Assert.Equal(key, m.Key));
        Assert.All(mistakes, m => Assert.DoesNotContain("elsewhere", m.Expected, StringComparison.Ordinal));
    }

    [Fact]
    public void A_link_inside_of_the_roots_is_followed_once_and_for_all()
    {
        Directory.CreateDirectory(Root + "/real");
        File.CreateSymbolicLink(Root + "/alias", "real");
        var spec = Read(Text() + $"\ncheckpoint.path = \"{Root}/alias/./x/../checkpoints\"");

        Assert.Equal(Root + "/real/checkpoints", spec.Checkpoint.Path);
    }

    [Fact]
    public void A_root_that_is_a_link_keeps_its_own_name()
    {
        File.CreateSymbolicLink(_folder.Path("data"), Root);
        var rules = new SubmissionRules([_folder.Path("data")], []);
        var spec = SubmittedSpec.Read(Text(), SpecFormat.Hocon, rules);

        Assert.Equal(_folder.Path("data/out/checkpoints"), spec.Checkpoint.Path);
    }

    [Theory]
    [InlineData("six.onnx", "relative to nothing")]
    [InlineData("/etc/passwd", "is in none")]
    public void A_network_that_leads_out_of_the_roots_is_a_mistake(string path, string found)
    {
        var mistake = Assert.Single(Mistakes(Text() + $$"""

            model { kind = onnx, networks = [{ path = "{{Root}}/in.nc", covers = 1h }, { path = "{{path}}", covers = 6h }] }
            """));

        Assert.Equal("model.networks[1].path", mistake.Key);
        Assert.Contains(found, mistake.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_that_the_site_does_not_allow_is_a_mistake()
    {
        var mpi = Text() + "\nmodel { kind = lorenz96, step = 1h }\ninitial = null\ninitial.source = model\n"
            + "ranks { count = 2, launcher = mpi";

        var mistake = Assert.Single(Mistakes(mpi + ", command = \"sh -c {count} {rank}\" }"));
        Assert.Equal("ranks.command", mistake.Key);
        Assert.Equal("{mpiexec} -n {count} {rank}", Read(mpi + " }").Ranks.Command);
    }

    [Theory]
    [InlineData("include \"/etc/passwd\"\n", 1, "a text that is whole")]
    [InlineData("name = a\nb = ${HOME}\n", 2, "")]
    [InlineData("name = a\n\nb = {\n", null, "")]
    public void What_cannot_be_read_is_told_by_line(string text, int? line, string expected)
    {
        var mistake = Assert.Single(Mistakes(text));

        Assert.Equal("", mistake.Key);
        Assert.Contains(expected, mistake.Expected, StringComparison.Ordinal);
        Assert.True(mistake.Line is > 0 && (line is null || mistake.Line == line), mistake.ToString());
    }

    [Fact]
    public void What_is_sent_as_JSON_must_be_JSON()
    {
        var error = Assert.Throws<RunSpecException>(() => SubmittedSpec.Read("{\n  \"name\": a\n}", SpecFormat.Json, Rules()));

        var mistake = Assert.Single(error.Mistakes);
        Assert.Equal((2, 11, ""), (mistake.Line, mistake.Column, mistake.Key));
        Assert.Contains("not JSON", mistake.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_have_line_and_column()
    {
        var mistake = Assert.Single(Mistakes(Text() + "\nensemble { size = 0 }"));

        Assert.Equal(("ensemble.size", 19), (mistake.Key, mistake.Column));
    }

    public void Dispose() => _folder.Dispose();

    private string Text() => $$"""
        name = trial
        {{SpecFolder.Model}}
        initial { source = netcdf, path = "{{Root}}/in.nc", variables { u = u10m, v = v10m } }
        {{SpecFolder.Times}}
        checkpoint.path = "{{Root}}/out/checkpoints"
        output.path = "{{Root}}/out/fields.zarr"
        """;

    private SubmissionRules Rules() => new([Root], [RankSpec.UsualCommand]);
    private RunSpec Read(string text) => SubmittedSpec.Read(text, SpecFormat.Hocon, Rules());
    private IReadOnlyList<SpecMistake> Mistakes(string text) => Assert.Throws<RunSpecException>(() => Read(text)).Mistakes;
}
