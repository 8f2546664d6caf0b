namespace Cairn.Engine.Tests.Runs;

/// <summary>What a spec says of its initial condition, for each source.</summary>
public sealed class SourceSpecTests : IDisposable
{
    private const string Rest = "name = trial\n" + SpecFolder.Model + SpecFolder.Times + SpecFolder.Storage;
    private const string Grid = "grid { latitude = [90, -90, 73], longitude = [0, 357.5, 144] }";
    private const string Npy = "initial { source = npy, " + Grid + ", variables { u = u.npy, \"v.1\" = v.npy } }\n";
    private const string Zarr = "initial { source = zarr, path = old.zarr, lead-time = 120h, member = 2, variables { u = u10m } }\n";
    private const string Jet = "initial { source = analytic, case = zonal-jet, " + Grid + " }\n";

    private const string Noise =
        "initial { source = random, seed = 5, " + Grid + ", variables { u { mean = 10, length-scale-km = 900 }, v { amplitude = 3 } } }\n";

    private const string Regridded = "initial { source = netcdf, path = in.nc, variables { u = u10m }, "
        + "regrid { latitude = [60, 20, 41], longitude = [-20, 40, 61], method = conservative } }\n";

    private readonly SpecFolder _folder = new();

    public SourceSpecTests()
    {
        _folder.Write("u.npy", "1");
        _folder.Write("v.npy", "2");
        _folder.Write("old.zarr/.zmetadata", "{}");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Npy)]
    [InlineData(Zarr)]
    [InlineData(Jet)]
    [InlineData(Noise)]
    [InlineData(Regridded)]
    public void A_spec_comes_back_from_json_as_it_was(string initial)
    {
        var spec = _folder.Read(Rest + initial);
        var json = RunSpecJson.Write(spec).ToJsonString();
        var again = RunSpecJson.Read(json, "run.json");

        Assert.Equal(json, RunSpecJson.Write(again).ToJsonString());
        Assert.Empty(RunSpecComparison.Differences(spec, again));
        Assert.Equal(spec.Initial.Variables, again.Initial.Variables);
    }

    [Theory]
    [InlineData(Npy, "initial.time=\"1999-01-01\"", "initial.time")]
    [InlineData(Npy, "initial.grid.latitude=[-90, 90, 73]", "initial.grid.latitude")]
    [InlineData(Jet, "initial.grid.longitude=[0, 358, 180]", "initial.grid.longitude")]
    [InlineData(Jet, "initial.case=solid-body", "initial.case")]
    [InlineData(Jet, "initial.variables={ u = v, v = u }", "initial.variables")]
    [InlineData(Noise, "initial.seed=6", "initial.seed")]
    [InlineData(Noise, "initial.variables.v.mean=1", "initial.variables")]
    [InlineData(Noise, "initial.variables.u.length-scale-km=901", "initial.variables")]
    [InlineData(Zarr, "initial.member=1", "initial.member")]
    [InlineData(Zarr, "initial.lead-time=6h", "initial.lead-time")]
    [InlineData(Regridded, "initial.regrid.method=nearest", "initial.regrid.method")]
    [InlineData(Regridded, "initial.regrid.latitude=[20, 60, 41]", "initial.regrid.latitude")]
    [InlineData(Regridded, "initial.regrid.longitude=[-20, 40, 121]", "initial.regrid.longitude")]
    public void A_setting_that_shapes_numbers_is_a_difference(string initial, string setting, string key)
    {
        var difference = Assert.Single(RunSpecComparison.Differences(_folder.Read(Rest + initial), _folder.Read(Rest + initial, setting)));
        Assert.Equal(key, difference.Key);
    }

    [Fact]
    public async Task Arrays_take_part_by_their_contents_and_may_move()
    {
        var before = _folder.Read(Rest + Npy);
        _folder.Write("elsewhere/u.npy", "1");
        var moved = _folder.Read(Rest + Npy, $"initial.variables.u={_folder.Path("elsewhere/u.npy")}");

        Assert.Empty(RunSpecComparison.Differences(before, moved));
        Assert.Equal(await before.DigestInputsAsync(), await moved.DigestInputsAsync());

        _folder.Write("elsewhere/u.npy", "other values");
        var difference = Assert.Single(RunSpecComparison.Differences(await before.DigestInputsAsync(), await moved.DigestInputsAsync()));
        Assert.Equal("initial.variables.u", difference.Key);
    }

    [Fact]
    public void Files_are_relative_to_the_spec_and_names_may_hold_dots()
    {
        var spec = _folder.Read(Rest + Npy);

        Assert.Equal([new("u", _folder.Path("u.npy")), new("v.1", _folder.Path("v.npy"))], spec.Initial.Variables);
        Assert.Equal(["initial.variables.u", "initial.variables.v.1"], spec.InputFiles().Select(f => f.Key));
        Assert.Equal([_folder.Path("old.zarr")], _folder.Read(Rest + Zarr).InputFolders().Select(f => f.Value));
    }

    [Theory]
    [InlineData("initial { source = npy, variables { u = u.npy } }\n", "initial.grid.latitude")]
    [InlineData("initial { source = npy, " + Grid + ", variables { u = no.npy } }\n", "initial.variables.u")]
    [InlineData("initial { source = npy, " + Grid + " }\n", "initial.variables")]
    [InlineData("initial { source = zarr, path = no.zarr, variables { u = u } }\n", "initial.path")]
    [InlineData("initial { source = zarr, path = old.zarr, lead-time = -6h, variables { u = u } }\n", "initial.lead-time")]
    [InlineData("initial { source = zarr, path = old.zarr, time = 2000-01-01, lead-time = 6h, variables { u = u }}\n", "initial.lead-time")]
    [InlineData("initial { source = analytic, case = storm, " + Grid + " }\n", "initial.case")]
    [InlineData("initial { source = analytic, case = rest, " + Grid + ", variables { h = height } }\n", "initial.variables.h")]
    [InlineData("initial { source = random, " + Grid + ", variables { u = 3 } }\n", "initial.variables.u")]
    [InlineData("initial { source = random, " + Grid + ", variables { u { amplitude = -1 } } }\n", "initial.variables.u.amplitude")]
    [InlineData("initial { source = random, " + Grid + ", variables { u { spread = 1 } } }\n", "initial.variables.u.spread")]
    [InlineData(Regridded, "initial.regrid.latitude", "initial.regrid.latitude=[60, 20]")]
    [InlineData(Regridded, "initial.regrid.latitude", "initial.regrid.latitude=[100, 20, 9]")]
    [InlineData(Regridded, "initial.regrid.latitude", "initial.regrid.latitude=[60, 20, 1]")]
    [InlineData(Regridded, "initial.regrid.longitude", "initial.regrid.longitude=[0, 360, 145]")]
    [InlineData(Regridded, "initial.regrid.longitude", "initial.regrid.longitude=[40, -20, 61]")]
    [InlineData(Regridded, "initial.regrid.method", "initial.regrid.method=cubic")]
    [InlineData(Regridded, "initial.regrid", "initial.regrid.latitude=[90, -90, 20001]", "initial.regrid.longitude=[0, 359, 20000]")]
    public void Mistakes_are_told_with_their_setting(string initial, string key, params string[] settings)
    {
        var mistakes = _folder.Mistakes(Rest + initial, settings);
        Assert.Contains(key, mistakes.Select(m => m.Key));
        Assert.All(mistakes, m => Assert.StartsWith("initial.", m.Key, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("output.path=../old.zarr")]
    [InlineData("checkpoint.path=../old.zarr/checkpoints")]
    public void A_run_may_not_write_into_the_store_that_it_starts_from(string setting)
    {
        var mistake = Assert.Single(_folder.Mistakes(Rest + Zarr, setting));
        Assert.Contains("initial.path", mistake.Found, StringComparison.Ordinal);
    }
}
