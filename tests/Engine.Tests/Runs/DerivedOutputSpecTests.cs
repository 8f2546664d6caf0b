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
    [InlineData("output.netcdf = out/fields.zarr/f.nc", "output.netcdf", "neither of which is inside the other")]
    [InlineData("output.netcdf = out/checkpoints/f.nc", "output.netcdf", "neither of which is inside the other")]
    [InlineData("output { netcdf = out/f.nc, statistics.path = out/f.nc }", "output.statistics.path", "neither of which is inside")]
    [InlineData("output.picture = out/fields.zarr/p.html", "output.picture", "neither of which is inside the other")]
    [InlineData("output.picture = out/checkpoints/p.html", "output.picture", "neither of which is inside the other")]
    [InlineData("output { netcdf = out/f.nc, picture = out/f.nc }", "output.picture", "neither of which is inside the other")]
    [InlineData("output { statistics.path = s.nc, picture = s.nc }", "output.picture", "neither of which is inside the other")]
    [InlineData("output.netcdf = elsewhere/", "output.netcdf", "a file")]
    [InlineData("output.netcdf = \"f-{month}.nc\"", "output.netcdf", "{member}, {day} and {time}")]
    [InlineData("output.netcdf = \"{member}/f.nc\"", "output.netcdf", "in the name of the file")]
    [InlineData("output.statistics.path = \"s-{day}.nc\"", "output.statistics.path", "one file")]
    [InlineData("output.statistics { path = s.nc, quantiles = [0.5, 0.1] }", "output.statistics.quantiles", "growing order")]
    [InlineData("output.statistics { path = s.nc, quantiles = [0.5, 1.5] }", "output.statistics.quantiles", "from 0 to 1")]
    [InlineData("output.statistics { path = s.nc, quantiles = 0.5 }", "output.statistics.quantiles", "from 0 to 1")]
    [InlineData("output.statistics.quantiles = [0.5]", "output.statistics.quantiles", "output.statistics.path")]
    [InlineData("output.keep-members = false", "output.keep-members", "output.netcdf or output.statistics.path")]
    public void A_mistake_in_derived_output_is_told(string line, string key, string expected) =>
        _folder.Mistake(SpecFolder.Whole + line, key, expected);

    [Fact]
    public void Axes_are_as_the_grid_has_them_unless_the_spec_says_otherwise()
    {
        var usual = _folder.Read(SpecFolder.Whole).Output;
        Assert.Equal((CoordinateNames.Cf, (double?)null, LatitudeOrder.Grid),
            (usual.CoordinateNames, usual.LongitudeFrom, usual.LatitudeOrder));
        Assert.Null(_folder.Read(SpecFolder.Whole + "output.longitude-from = grid").Output.LongitudeFrom);

        var output = _folder.Read(
            SpecFolder.Whole + "output { coordinate-names = short, longitude-from = -180, latitude-order = southward }").Output;
        Assert.Equal((CoordinateNames.Short, (double?)-180, LatitudeOrder.Southward),
            (output.CoordinateNames, output.LongitudeFrom, output.LatitudeOrder));
        _folder.Mistake(SpecFolder.Whole + "output.longitude-from = west", "output.longitude-from", "-360 to 360");
        _folder.Mistake(SpecFolder.Whole + "output.coordinate-names = lat-lon", "output.coordinate-names", "one of cf, short");
    }

    [Fact]
    public void Bits_and_units_are_given_by_variable()
    {
        const string settings = "output { keep-bits { v = 7, u = 12 }, units { u = \"m s-1\" }, compression = zstd }";
        var output = _folder.Read(SpecFolder.Whole + settings).Output;
        Assert.Equal([new KeepBitsSpec("u", 12), new KeepBitsSpec("v", 7)], output.KeepBits);
        Assert.Equal(new SpecEntry("u", "m s-1"), Assert.Single(output.Units));
        _folder.Mistake(SpecFolder.Whole + "output.keep-bits { u = 24 }", "output.keep-bits.u", "from 1 to 23");
        _folder.Mistake(SpecFolder.Whole + "output.keep-bits = 12", "output.keep-bits", "by variable");
        _folder.Mistake(SpecFolder.Whole + "output.units { u = [] }", "output.units.u", "units by variable");
    }

    [Fact]
    public void Without_fields_there_is_nothing_to_derive_from()
    {
        var mistake = Assert.Single(_folder.Mistakes(SpecFolder.Whole.Replace("output.path = out/fields.zarr", "", StringComparison.Ordinal)
            + "output { kind = none, statistics.path = s.nc }"));

        Assert.Equal("output.statistics.path", mistake.Key);
        Assert.Contains("output.kind = none", mistake.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void The_spec_and_its_inputs_are_never_where_a_file_is_derived() =>
        Assert.Contains(_folder.Mistakes(SpecFolder.Whole + $"output.netcdf = \"{_folder.Path("in.nc")}\""),
            m => m.Key == "output.netcdf" && m.Found.Contains("initial.path", StringComparison.Ordinal));
}
