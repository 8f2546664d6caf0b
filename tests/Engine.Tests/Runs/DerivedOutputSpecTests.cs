namespace Cairn.Engine.Tests.Runs;

public sealed class DerivedOutputSpecTests : IDisposable
{
    private readonly SpecFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Derived_files_are_relative_to_the_working_directory_and_have_their_usual_quantiles()
    {
        const string derived = "output { netcdf = out/f.nc, statistics.path = out/s.nc, keep-members = false }";
        var output = _folder.Read(SpecFolder.Whole + derived).Output;

        Assert.Equal((Path.Combine(_folder.Work, "out/f.nc"), Path.Combine(_folder.Work, "out/s.nc"), false),
            (output.NetCdf, output.Statistics!.Path, output.KeepMembers));
        Assert.Equal([0.1, 0.5, 0.9], output.Statistics.Quantiles);
    }

    [Theory]
    [InlineData("output.netcdf = out/fields.zarr/f.nc", "output.netcdf", "neither lies in the other")]
    [InlineData("output.netcdf = out/checkpoints/f.nc", "output.netcdf", "neither lies in the other")]
    [InlineData("output { netcdf = out/f.nc, statistics.path = out/f.nc }", "output.statistics.path", "neither lies in the other")]
    [InlineData("output.picture = out/fields.zarr/p.html", "output.picture", "neither lies in the other")]
    [InlineData("output.picture = out/checkpoints/p.html", "output.picture", "neither lies in the other")]
    [InlineData("output { netcdf = out/f.nc, picture = out/f.nc }", "output.picture", "neither lies in the other")]
    [InlineData("output { statistics.path = s.nc, picture = s.nc }", "output.picture", "neither lies in the other")]
    [InlineData("output.netcdf = elsewhere/", "output.netcdf", "a file")]
    [InlineData("output.statistics { path = s.nc, quantiles = [0.5, 0.1] }", "output.statistics.quantiles", "growing order")]
    [InlineData("output.statistics { path = s.nc, quantiles = [0.5, 1.5] }", "output.statistics.quantiles", "from 0 to 1")]
    [InlineData("output.statistics { path = s.nc, quantiles = 0.5 }", "output.statistics.quantiles", "from 0 to 1")]
    [InlineData("output.statistics.quantiles = [0.5]", "output.statistics.quantiles", "output.statistics.path")]
    [InlineData("output.keep-members = false", "output.keep-members", "output.netcdf or output.statistics.path")]
    public void A_mistake_in_derived_output_is_told(string line, string key, string expected) =>
        _folder.Mistake(SpecFolder.Whole + line, key, expected);

    [Fact]
    public void Without_fields_there_is_nothing_to_derive_from()
    {
        var mistake = Assert.Single(_folder.Mistakes(SpecFolder.Whole.Replace("output.path = out/fields.zarr", "", StringComparison.Ordinal)
            + "output { kind = none, statistics.path = s.nc }"));

        Assert.Equal("output.statistics.path", mistake.Key);
        Assert.Contains("output.kind = none", mistake.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void The_spec_and_its_inputs_are_never_where_a_file_is_derived()
    {
        Assert.Contains(_folder.Mistakes(SpecFolder.Whole + $"output.netcdf = \"{_folder.Path("in.nc")}\""),
            m => m.Key == "output.netcdf" && m.Found.Contains("initial.path", StringComparison.Ordinal));
    }
}
